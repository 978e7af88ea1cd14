import { createCipheriv } from 'node:crypto';
import { type Bytes, concat, fromHex, hex, utf8 } from '@salus/base';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { openOnce, openSalted, sealOnce, sealSalted } from '../src/keyless/aead.ts';
import { hkdf } from '../src/keyless/hash.ts';
import * as browser from '../src/platform/browser.ts';
import * as node from '../src/platform/node.ts';
import { twoKeyCiphertext } from './weak/gcmWithoutCommitment.ts';
import { seeded } from './world.ts';

const AAD = utf8('about');

describe('HKDF', () => {
  it('gives the answers of RFC 5869 appendix A (SHA-256)', () => {
    const long = (from: number, to: number) => Uint8Array.from({ length: to - from + 1 }, (_, k) => from + k);
    const one = hkdf(new Uint8Array(22).fill(11), long(0, 12), long(0xf0, 0xf9), 42);
    expect(hex(one)).toBe('3cb25f25faacd57a90434f64d0362f2a2d2d0a90cf1a5a4c5db02d56ecc4c5bf34007208d5b887185865');
    const two = hkdf(long(0, 0x4f), long(0x60, 0xaf), long(0xb0, 0xff), 82);
    expect(hex(two)).toBe(
      'b11e398dc80327a1c8e7f78c596a49344f012eda2d4efad8a050cc4c19afa97c' +
        '59045a99cac7827271cb41c65e590e09da3275600c2f09b8367793a9aca3db71cc30c58179ec3e87c14c01d5c1f3434f1d87',
    );
    const three = hkdf(new Uint8Array(22).fill(11), new Uint8Array(0), new Uint8Array(0), 42);
    expect(hex(three)).toBe('8da4e775a563c18f715f802a063c5a31b8a11f5c5ee1879ec3454e5f3c738d2d9d201395faa4b61a96c8');
  });
});

describe('letting go', () => {
  it('frees an array at once, and leaves alone what is part of a larger one', () => {
    const whole = new Uint8Array(100_000);
    node.letGo(whole.subarray(1));
    node.letGo(new Uint8Array(0));
    expect(whole).toHaveLength(100_000);
    node.letGo(whole);
    expect(whole).toHaveLength(0);
  });

  it('is not noticed in what was sealed before', async () => {
    const rng = seeded('let go');
    const [key, plain] = [rng(32), rng(200_000)];
    const before = plain.slice();
    const sealed = await sealOnce(key, plain, AAD);
    expect(plain).toEqual(before);
    expect(await openOnce(key, sealed, AAD)).toEqual(before);
  });
});

describe('the two platforms', () => {
  it('hash, sign, verify and seal alike', async () => {
    const rng = seeded('platforms');
    const [key, message, nonce] = [rng(32), rng(1000), rng(12)];
    expect(browser.sha256(message, key)).toEqual(node.sha256(message, key));
    expect(browser.sha512(message)).toEqual(node.sha512(message));
    expect(browser.hmacSha256(key, message)).toEqual(node.hmacSha256(key, message));
    const sealedBy = async ({ aesGcmSeal }: typeof browser | typeof node) => {
      const pieces: Bytes[] = [];
      await aesGcmSeal(key, nonce, [message, key], AAD, (piece) => pieces.push(piece.slice()));
      return concat(...pieces);
    };
    const sealed = await sealedBy(node);
    expect(await sealedBy(browser)).toEqual(sealed);
    const openedBy = async ({ aesGcmOpen }: typeof browser | typeof node, cut: number, aad = AAD) => {
      const parts = await aesGcmOpen(key, nonce, [sealed.subarray(0, cut), sealed.subarray(cut)], aad);
      return parts && concat(...parts);
    };
    // Cuts before, in and behind the tag.
    for (const cut of [0, 1, 600, sealed.length - 17, sealed.length - 16, sealed.length - 5, sealed.length])
      for (const platform of [node, browser]) {
        expect(await openedBy(platform, cut)).toEqual(concat(message, key));
        expect(await openedBy(platform, cut, utf8('else'))).toBeUndefined();
      }
    const signature = await node.ed25519Sign(key, message);
    expect(await browser.ed25519Sign(key, message)).toEqual(signature);
    expect(await browser.ed25519Public(key)).toEqual(await node.ed25519Public(key));
    expect(await browser.ed25519Verify(await node.ed25519Public(key), message, signature)).toBe(true);
    expect(await browser.ed25519Verify(await node.ed25519Public(key), key, signature)).toBe(false);
  });
});

describe('sealing', () => {
  it('gives back what was sealed, and nothing for any other key, aad or byte', async () => {
    const bytes = fc.uint8Array({ maxLength: 100 });
    await fc.assert(
      fc.asyncProperty(bytes, bytes, fc.nat(), fc.integer({ min: 1, max: 255 }), async (plain, aad, at, change) => {
        const rng = seeded('sealing');
        const key = rng(32);
        const [once, salted] = [await sealOnce(key, plain, aad), await sealSalted(key, plain, aad, rng)];
        expect(await openOnce(key, once, aad)).toEqual(plain);
        expect(await openSalted(key, salted, aad)).toEqual(plain);
        expect(await openOnce(rng(32), once, aad)).toBeUndefined();
        expect(await openSalted(key, salted, concat(aad, key))).toBeUndefined();
        const flipped = salted.slice();
        flipped[at % flipped.length]! ^= change;
        expect(await openSalted(key, flipped, aad)).toBeUndefined();
        expect(await openSalted(key, salted.subarray(0, at % salted.length), aad)).toBeUndefined();
      }),
      { numRuns: 50 },
    );
  });

  it('refuses a ciphertext made for two keys, which plain GCM opens under both (key commitment)', async () => {
    const rng = seeded('two keys');
    const [one, two] = [rng(32), rng(32)];
    const sealed = twoKeyCiphertext(one, two);
    const nonce = new Uint8Array(12);
    const opened = await Promise.all([one, two].map((key) => node.aesGcmOpen(key, nonce, [sealed], new Uint8Array(0))));
    expect(concat(...opened[0]!)).toHaveLength(16);
    expect(concat(...opened[1]!)).toHaveLength(16);
    expect(opened[0]).not.toEqual(opened[1]);

    const committed = await sealOnce(one, rng(16), AAD);
    expect(await openOnce(two, committed, AAD)).toBeUndefined();
    // The commitment is to one key: no ciphertext behind it can be taken for the other's.
    for (const commitment of [committed.subarray(0, 32), (await sealOnce(two, rng(16), AAD)).subarray(0, 32)]) {
      const both = await Promise.all([one, two].map((key) => openOnce(key, concat(commitment, sealed), AAD)));
      expect(both.filter(Boolean)).toHaveLength(0);
    }
  });

  it('is AES-256-GCM under keys derived for cipher and commitment', async () => {
    const key = fromHex('00'.repeat(32));
    const sealed = await sealOnce(key, utf8('x'), AAD);
    const cipher = createCipheriv(
      'aes-256-gcm',
      hkdf(key, new Uint8Array(0), framedTag('SALUS1/aead/cipher'), 32),
      new Uint8Array(12),
    );
    cipher.setAAD(AAD);
    const body = concat(cipher.update(utf8('x')), cipher.final(), cipher.getAuthTag());
    expect(sealed).toEqual(concat(hkdf(key, new Uint8Array(0), framedTag('SALUS1/aead/commitment'), 32), body));
  });
});

const framedTag = (name: string) => concat(Uint8Array.of(0, 0, 0, name.length), utf8(name));
