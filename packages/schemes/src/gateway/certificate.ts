import { type Bytes, equal, type Random } from '@salus/base';
import { schemes } from '../errors.ts';
import { timesG2 } from '../keyless/pairing/bases.ts';
import {
  add,
  mul,
  randomScalar,
  readG2,
  readScalar,
  thenClear,
  writePoint,
  writeScalar,
} from '../keyless/pairing/curve.ts';
import { certificateHash, certifiedKey, type OrganisationName } from '../keyless/possession/certificate.ts';

/** A key pair of a registrar: what all certificates of a network come to. */
export interface RegistrarKeys {
  /** 32 bytes. */
  secret: Bytes;
  /** secret · g2, 96 bytes. */
  key: Bytes;
}

export function newRegistrar(random: Random): RegistrarKeys {
  const secret = randomScalar(random);
  return thenClear([secret], () => ({ secret: writeScalar(secret), key: writePoint(timesG2(secret)) }));
}

/** What an organisation sends to be certified: u·g2, 96 bytes. It keeps u. */
export function requestCertificate(random: Random): { secret: Bytes; request: Bytes } {
  const u = randomScalar(random);
  return thenClear([u], () => ({ secret: writeScalar(u), request: writePoint(timesG2(u)) }));
}

/** What the registrar answers: public, and of no use to anybody but who knows u. */
export interface IssuedCertificate {
  /** Cert = u·g2 + k·g2, 96 bytes. */
  certificate: Bytes;
  /** s = h·k + registrar, 32 bytes. */
  reconstruction: Bytes;
}

/** Certifies a name. k must be fresh. Throws `point-unsound`. */
export function issueCertificate(
  registrar: RegistrarKeys,
  organisation: OrganisationName,
  request: Bytes,
  random: Random,
): IssuedCertificate {
  const [k, secret] = [randomScalar(random), readScalar(registrar.secret, 'registrar')];
  return thenClear([k, secret], () => {
    const certificate = writePoint(add(readG2(request, 'request'), timesG2(k)));
    const h = certificateHash(certificate, organisation, registrar.key);
    return { certificate, reconstruction: writeScalar(add(mul(h, k), secret)) };
  });
}

/**
 * σ = h·u + s of an organisation, checked against the key that everybody derives from name and certificate. 32 bytes. Throws
 * `certificate-unsound`: the registrar answered another name or request.
 */
export function certifiedSecret(
  u: Bytes,
  { certificate, reconstruction }: IssuedCertificate,
  organisation: OrganisationName,
  registrar: Bytes,
): Bytes {
  const secret = readScalar(u, 'u');
  return thenClear([secret], () => {
    const h = certificateHash(certificate, organisation, registrar);
    const sigma = add(mul(h, secret), readScalar(reconstruction, 'reconstruction'));
    const expected = certifiedKey(certificate, organisation, registrar);
    if (!equal(writePoint(timesG2(sigma)), expected)) throw schemes('certificate-unsound');
    return writeScalar(sigma);
  });
}
