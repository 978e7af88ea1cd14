import assert from 'node:assert/strict';
import { createDecipheriv, createHmac } from 'node:crypto';

/**
 * What spec/encoding.md and spec/schemes.md say, written a second time with the platform alone: a test that reads vectors with
 * this shows that the pages suffice, without a line of ours.
 */
export const platform = {
  framed(...parts: (string | Buffer)[]): Buffer {
    return Buffer.concat(
      parts.flatMap((part) => {
        const length = Buffer.alloc(4);
        length.writeUInt32BE(Buffer.byteLength(part));
        return [length, Buffer.from(part)];
      }),
    );
  },

  /** HKDF of one block; the platform's own takes no info as long as a public key. */
  derive(secret: Buffer, ...parts: (string | Buffer)[]): Buffer {
    const key = createHmac('sha256', Buffer.alloc(32)).update(secret).digest();
    const info = Buffer.concat([platform.framed(...parts), Buffer.of(1)]);
    return createHmac('sha256', key).update(info).digest();
  },

  /** Opens what was sealed once under a key. Asserts that it is bound to that key; throws where the tag does not fit. */
  openOnce(key: Buffer, sealed: Buffer, aad: Buffer): Buffer {
    assert.deepEqual(sealed.subarray(0, 32), platform.derive(key, 'SALUS1/aead/commitment'));
    const decipher = createDecipheriv('aes-256-gcm', platform.derive(key, 'SALUS1/aead/cipher'), Buffer.alloc(12));
    decipher.setAAD(aad);
    decipher.setAuthTag(sealed.subarray(-16));
    return Buffer.concat([decipher.update(sealed.subarray(32, -16)), decipher.final()]);
  },
};
