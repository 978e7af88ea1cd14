import { createSign, generateKeyPairSync, type KeyObject } from 'node:crypto';

/** A certificate and its private key, as PEM. */
export interface Certified {
  certificate: string;
  key: string;
}

/** An authority of tests. */
export interface Authority {
  /** Its own certificate, as PEM. */
  certificate: string;
  /** A certificate for this machine's loopback addresses, valid between two times. */
  issue(notBefore: Date, notAfter: Date): Certified;
}

const NEVER = new Date('2099-01-01T00:00:00Z');
const BEGINNING = new Date('2020-01-01T00:00:00Z');

/** Makes an authority nobody knows, with keys on P-256. */
export function makeAuthority(name: string): Authority {
  const keys = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  let serial = 0;
  const certify = (subject: string, publicKey: KeyObject, extensions: Buffer[], from: Date, until: Date) => {
    const body = sequence(
      tagged(0xa0, integer(Buffer.of(2))),
      integer(Buffer.of(++serial)),
      SIGNED,
      called(name),
      sequence(time(from), time(until)),
      called(subject),
      publicKey.export({ type: 'spki', format: 'der' }),
      tagged(0xa3, sequence(...extensions)),
    );
    const signature = createSign('sha256').update(body).sign(keys.privateKey);
    return pem('CERTIFICATE', sequence(body, SIGNED, tagged(0x03, Buffer.of(0), signature)));
  };
  const isAuthority = sequence(oid('551d13'), TRUE, octets(sequence(TRUE)));
  return {
    certificate: certify(name, keys.publicKey, [isAuthority], BEGINNING, NEVER),
    issue(notBefore, notAfter) {
      const own = generateKeyPairSync('ec', { namedCurve: 'P-256' });
      const addresses = [
        tagged(0x82, Buffer.from('localhost')),
        tagged(0x87, Buffer.of(127, 0, 0, 1)),
        tagged(0x87, Buffer.of(127, 0, 0, 2)),
      ];
      const names = sequence(oid('551d11'), octets(sequence(...addresses)));
      return {
        certificate: certify('salus test server', own.publicKey, [names], notBefore, notAfter),
        key: own.privateKey.export({ type: 'sec1', format: 'pem' }).toString(),
      };
    },
  };
}

/** What tests of drivers need: a private authority, and certificates that must be refused. */
export interface Certificates {
  /** The authority's certificate, as PEM. */
  authority: string;
  good: Certified;
  expired: Certified;
  /** By an authority of the same name that is not it. */
  stranger: Certified;
}

export function makeCertificates(): Certificates {
  const authority = makeAuthority('salus test authority');
  const stranger = makeAuthority('salus test authority');
  return {
    authority: authority.certificate,
    good: authority.issue(BEGINNING, NEVER),
    expired: authority.issue(BEGINNING, new Date('2021-01-01T00:00:00Z')),
    stranger: stranger.issue(BEGINNING, NEVER),
  };
}

// Just enough of X.690 for a certificate.
function tagged(tag: number, ...parts: Buffer[]): Buffer {
  const content = Buffer.concat(parts);
  const { length } = content;
  const head = length < 128 ? [length] : length < 256 ? [0x81, length] : [0x82, length >> 8, length & 255];
  return Buffer.concat([Buffer.of(tag, ...head), content]);
}
const sequence = (...parts: Buffer[]): Buffer => tagged(0x30, ...parts);
const integer = (bytes: Buffer): Buffer => tagged(0x02, bytes);
const octets = (bytes: Buffer): Buffer => tagged(0x04, bytes);
const oid = (bytes: string): Buffer => tagged(0x06, Buffer.from(bytes, 'hex'));
const TRUE = tagged(0x01, Buffer.of(255));
/** ecdsa-with-SHA256 */
const SIGNED = sequence(oid('2a8648ce3d040302'));
const called = (name: string): Buffer =>
  sequence(tagged(0x31, sequence(oid('550403'), tagged(0x0c, Buffer.from(name)))));
/** GeneralizedTime only from 2050 on, RFC 5280. */
const time = (at: Date): Buffer => {
  const digits = `${at.toISOString().replace(/[-:T]/g, '').slice(0, 14)}Z`;
  return at.getUTCFullYear() < 2050 ? tagged(0x17, Buffer.from(digits.slice(2))) : tagged(0x18, Buffer.from(digits));
};

const pem = (label: string, der: Buffer): string =>
  `-----BEGIN ${label}-----\n${der.toString('base64').replace(/.{64}/g, '$&\n').trimEnd()}\n-----END ${label}-----\n`;
