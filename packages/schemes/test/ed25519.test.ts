import { createPublicKey, verify } from 'node:crypto';
import { ed25519 } from '@noble/curves/ed25519.js';
import { concat, fromHex, hex, utf8 } from '@salus/base';
import { describe, expect, it } from 'vitest';
import { isSoundPoint, sign, verifyingKeyOf, verifySignature } from '../src/keyless/ed25519.ts';
import { seeded } from './world.ts';

const L = 2n ** 252n + 27742317777372353535851937790883648493n;
const P = 2n ** 255n - 19n;
const littleEndian = (value: bigint) =>
  Uint8Array.from({ length: 32 }, (_, k) => Number((value >> BigInt(8 * k)) & 255n));
const number = (bytes: Uint8Array) => bytes.reduceRight((sum, byte) => (sum << 8n) | BigInt(byte), 0n);

/** What Node says by itself. */
function platformAccepts(key: Uint8Array, message: Uint8Array, signature: Uint8Array): boolean {
  const der = concat(fromHex('302a300506032b6570032100'), key);
  return verify(null, message, createPublicKey({ key: Buffer.from(der), format: 'der', type: 'spki' }), signature);
}

describe('signatures', () => {
  it('are those of RFC 8032 section 7.1', async () => {
    const seed = fromHex('4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb');
    expect(hex(await verifyingKeyOf(seed))).toBe('3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c');
    const signature = await sign(seed, Uint8Array.of(0x72));
    expect(hex(signature)).toBe(
      '92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da' +
        '085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00',
    );
    expect(await verifySignature(await verifyingKeyOf(seed), Uint8Array.of(0x72), signature)).toBe(true);
    expect(await verifySignature(await verifyingKeyOf(seed), Uint8Array.of(0x73), signature)).toBe(false);
  });

  it('refuse a key of small order, which the platform accepts for any message', async () => {
    // Key and R the identity, s = 0: the equation holds whatever is signed.
    const identity = littleEndian(1n);
    const forged = concat(identity, new Uint8Array(32));
    for (const message of [utf8('open record 1'), utf8('open record 2')]) {
      expect(platformAccepts(identity, message, forged)).toBe(true);
      expect(await verifySignature(identity, message, forged)).toBe(false);
    }
  });

  it('refuse all points of small order, and encodings of y ≥ p', () => {
    const eighth = ed25519.Point.fromHex('c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a');
    for (let k = 0n, point = ed25519.Point.ZERO; k < 8n; k++, point = point.add(eighth))
      expect(isSoundPoint(point.toBytes())).toBe(false);
    for (const y of [P, P + 1n, 2n ** 255n - 1n]) expect(isSoundPoint(littleEndian(y))).toBe(false);
    expect(isSoundPoint(ed25519.Point.BASE.toBytes())).toBe(true);
    expect(isSoundPoint(ed25519.Point.BASE.toBytes().subarray(1))).toBe(false);
  });

  it('refuse s ≥ L, so that nobody makes a second signature from a first', async () => {
    const rng = seeded('malleable');
    const [seed, message] = [rng(32), utf8('operation')];
    const [key, signature] = [await verifyingKeyOf(seed), await sign(seed, message)];
    const second = concat(signature.subarray(0, 32), littleEndian(number(signature.subarray(32)) + L));
    expect(await verifySignature(key, message, second)).toBe(false);
    const smallR = concat(littleEndian(1n), signature.subarray(32));
    expect(await verifySignature(key, message, smallR)).toBe(false);
    expect(await verifySignature(key, message, signature.subarray(1))).toBe(false);
    expect(await verifySignature(key, message, signature)).toBe(true);
  });

  it('verify what an independent implementation signs', async () => {
    const rng = seeded('independent');
    for (let k = 0; k < 10; k++) {
      const [seed, message] = [rng(32), rng(k * 7)];
      expect(await sign(seed, message)).toEqual(ed25519.sign(message, seed));
      expect(await verifySignature(ed25519.getPublicKey(seed), message, ed25519.sign(message, seed))).toBe(true);
    }
  });
});
