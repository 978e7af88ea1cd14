import type { Bytes } from '@salus/base';
import { add, hashToScalar, mul, readG2, writePoint } from '../pairing/curve.ts';

/** What names an organisation in the network; the certificate binds the key to it. */
export type OrganisationName = string;

/** h of the implicit certificate. */
export const certificateHash = (certificate: Bytes, organisation: OrganisationName, registrar: Bytes) =>
  hashToScalar('possession/certificate', certificate, organisation, registrar);

/**
 * The public key that an implicit certificate gives to a name: P = h·Cert + P_registrar (elliptic-curve Qu–Vanstone, SEC 4,
 * in G2): nobody needs to see the key itself, and the registrar does not know its secret. All 96 bytes. Throws
 * `point-unsound`.
 */
export const certifiedKey = (certificate: Bytes, organisation: OrganisationName, registrar: Bytes): Bytes =>
  writePoint(
    add(
      mul(readG2(certificate, 'certificate'), certificateHash(certificate, organisation, registrar)),
      readG2(registrar, 'registrar'),
    ),
  );
