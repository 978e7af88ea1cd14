import { x25519 } from '@noble/curves/ed25519.js';
import { sha3_256, shake128, shake256 } from '@noble/hashes/sha3.js';
import { ml_kem768 } from '@noble/post-quantum/ml-kem.js';
import { concat, fromHex, hex, type Random, utf8 } from '@salus/base';
import { describe, expect, it } from 'vitest';
import { boxKeyOf, decapsulate, encapsulate, openBox, sealBox } from '../src/keyless/xwing.ts';
import { seeded } from './world.ts';

const fixed =
  (bytes: Uint8Array): Random =>
  (length) => {
    expect(length).toBe(bytes.length);
    return bytes.slice();
  };

/** draft-connolly-cfrg-xwing-kem-08 appendix C; of the long values both ends (the secret depends on all of them). */
const VECTORS = [
  {
    seed: '7f9c2ba4e88f827d616045507605853ed73b8093f6efbc88eb1a6eacfa66ef26',
    coins:
      '3cb1eea988004b93103cfb0aeefd2a686e01fa4a58e8a3639ca8a1e3f9ae57e2' +
      '35b8cc873c23dc62b8d260169afa2f75ab916a58d974918835d25e6a435085b2',
    publicKey: ['e2236b35a8c24b39b10aa1323a96a919', 'dce59844570216223593d4ba32d9abac8cd049040ef6534'],
    encapsulation: ['b83aa828d4d62b9a83ceffe1d3d3bb1e', 'cfb97e63e0e41d354274a079d3e6fb2e15'],
    secret: 'd2df0522128f09dd8e2c92b1e905c793d8f57a54c3da25861f10bf4ca613e384',
  },
  {
    seed: 'badfd6dfaac359a5efbb7bcc4b59d538df9a04302e10c8bc1cbf1a0b3a5120ea',
    coins:
      '17cda7cfad765f5623474d368ccca8af0007cd9f5e4c849f167a580b14aabdef' +
      'aee7eef47cb0fca9767be1fda69419dfb927e9df07348b196691abaeb580b32d',
    publicKey: ['0333285fa253661508c9fb444852caa4', 'cbb48fd4c562a576549f85b528c953926d96ea8a160b8843f1c89c62'],
    encapsulation: ['c93beb22326705699bbc3d1d0aa6339b', 'a4127ae66312f4ae3ea155b67'],
    secret: 'f2e86241c64d60f6649fbc6c5b7d17180b780a3f34355e64a85749949c45f150',
  },
];

describe('X-Wing', () => {
  it.each(VECTORS)(
    'gives the answers of its draft, appendix C: $seed',
    ({ seed, coins, publicKey, encapsulation, secret }) => {
      const key = boxKeyOf(fromHex(seed)).publicKey;
      expect(hex(key).slice(0, 32)).toBe(publicKey[0]);
      expect(hex(key).endsWith(publicKey[1]!)).toBe(true);
      const made = encapsulate(key, fixed(fromHex(coins)));
      expect(hex(made.encapsulation).slice(0, 32)).toBe(encapsulation[0]);
      expect(hex(made.encapsulation).endsWith(encapsulation[1]!)).toBe(true);
      expect(hex(made.secret)).toBe(secret);
      expect(hex(decapsulate(fromHex(seed), made.encapsulation)!)).toBe(secret);
    },
  );

  it('is X25519 and ML-KEM-768 composed as the draft says', () => {
    const rng = seeded('composition');
    const [seed, coins] = [rng(32), rng(64)];
    const expanded = shake256(seed, { dkLen: 96 });
    const lattice = ml_kem768.keygen(expanded.subarray(0, 64));
    const curveKey = x25519.getPublicKey(expanded.subarray(64));
    const key = boxKeyOf(seed).publicKey;
    expect(key).toEqual(concat(lattice.publicKey, curveKey));
    const { cipherText, sharedSecret } = ml_kem768.encapsulate(lattice.publicKey, coins.subarray(0, 32));
    const ephemeral = x25519.getPublicKey(coins.subarray(32));
    const shared = x25519.getSharedSecret(coins.subarray(32), curveKey);
    const label = utf8(String.raw`\.//^\ `.trim());
    const made = encapsulate(key, fixed(coins));
    expect(made.encapsulation).toEqual(concat(cipherText, ephemeral));
    expect(made.secret).toEqual(sha3_256(concat(sharedSecret, shared, ephemeral, curveKey, label)));
  });

  it('stands on ML-KEM-768: a hundred keys, encapsulations and rejections hash to the value implementers agree on', () => {
    // The accumulated vectors of C2SP's CCTV: inputs from SHAKE-128 of nothing, outputs into another SHAKE-128.
    const [input, output] = [shake128.create({}), shake128.create({})];
    for (let k = 0; k < 100; k++) {
      const { publicKey, secretKey } = ml_kem768.keygen(input.xof(64));
      const { cipherText, sharedSecret } = ml_kem768.encapsulate(publicKey, input.xof(32));
      const rejected = ml_kem768.decapsulate(input.xof(1088), secretKey);
      expect(ml_kem768.decapsulate(cipherText, secretKey)).toEqual(sharedSecret);
      for (const part of [publicKey, cipherText, sharedSecret, rejected]) output.update(part);
    }
    expect(hex(output.xof(32))).toBe('1114b1b6699ed191734fa339376afa7e285c9e6acf6ff0177d346696ce564415');
  });
});

describe('boxes', () => {
  const rng = seeded('boxes');
  const seed = rng(32);
  const key = boxKeyOf(seed).publicKey;
  const aad = utf8('for you');

  it('open for their seed and aad, and for nothing else', async () => {
    const plain = utf8('a share of a lock');
    const box = await sealBox(key, plain, aad, rng);
    expect(box).toHaveLength(1120 + 48 + plain.length);
    expect(await openBox(seed, key, box, aad)).toEqual(plain);
    expect(await openBox(seed, undefined, box, aad)).toEqual(plain);
    expect(await openBox(rng(32), undefined, box, aad)).toBeUndefined();
    expect(await openBox(seed, key, box, utf8('for me'))).toBeUndefined();
    for (const at of [0, 500, 1087, 1088, 1119, 1120, 1160, box.length - 1]) {
      const flipped = box.slice();
      flipped[at]! ^= 1;
      expect(await openBox(seed, key, flipped, aad)).toBeUndefined();
    }
    for (const length of [0, 1119, 1120, 1167, box.length - 1])
      expect(await openBox(seed, key, box.subarray(0, length), aad)).toBeUndefined();
  });

  it('refuse keys that are none: wrong length, not reduced, X25519 of small order', async () => {
    const refused = expect.objectContaining({ code: 'box-key-unsound' });
    const notReduced = key.slice().fill(255, 0, 384);
    const smallOrder = key.slice().fill(0, 1184);
    for (const wrong of [key.subarray(1), new Uint8Array(0), notReduced, smallOrder])
      await expect(sealBox(wrong, aad, aad, rng)).rejects.toEqual(refused);
    expect(decapsulate(seed, new Uint8Array(1120))).toBeUndefined();
  });
});
