import {
  createCipheriv,
  createDecipheriv,
  createHash,
  createHmac,
  createPrivateKey,
  createPublicKey,
  hash,
  type KeyObject,
  randomBytes,
  sign,
  verify,
} from 'node:crypto';
import { type Bytes, equal, type Random } from '@salus/base';

const view = (buffer: Buffer): Bytes => new Uint8Array(buffer.buffer, buffer.byteOffset, buffer.length);

export function sha256(...parts: Bytes[]): Bytes {
  // In one call where it can be: an object for a hash costs more than hashing something short.
  if (parts.length === 1) return view(hash('sha256', parts[0]!, 'buffer'));
  const running = createHash('sha256');
  for (const part of parts) running.update(part);
  return view(running.digest());
}

export const sha512 = (bytes: Bytes): Bytes => view(createHash('sha512').update(bytes).digest());

export function hmacSha256(key: Bytes, ...parts: Bytes[]): Bytes {
  const running = createHmac('sha256', key);
  for (const part of parts) running.update(part);
  return view(running.digest());
}

const nowhere = new MessageChannel().port1;
nowhere.close();

/**
 * Gives back the memory of an array that nobody else looks at, now: sent to a port that is closed, it is freed with the message. The
 * collector would take as much time again as sealing does, and let tens of megabytes of such arrays lie before it comes. Does nothing
 * with a part of a larger array.
 */
export function letGo(bytes: Bytes): void {
  if (bytes.length > 0 && bytes.length === bytes.buffer.byteLength)
    nowhere.postMessage(undefined, [bytes.buffer as ArrayBuffer]);
}

// Pieces of this size reuse memory of the C library; larger ones are mapped and unmapped by the system each time.
const PIECE_BYTES = 65_536;

/**
 * AES-256-GCM, 12-byte nonce, over parts one behind the other. Hands over ciphertext ‖ 16-byte tag piece by piece; a piece is
 * valid while `write` has it.
 */
export async function aesGcmSeal(
  key: Bytes,
  nonce: Bytes,
  parts: readonly Bytes[],
  aad: Bytes,
  write: (sealed: Bytes) => void,
): Promise<void> {
  const cipher = createCipheriv('aes-256-gcm', key, nonce);
  cipher.setAAD(aad);
  for (const part of parts)
    for (let from = 0; from < part.length; from += PIECE_BYTES) {
      const piece = view(cipher.update(part.subarray(from, from + PIECE_BYTES)));
      write(piece);
      letGo(piece);
    }
  cipher.final();
  write(cipher.getAuthTag());
}

/**
 * The plaintext of ciphertext ‖ tag, which lie in parts one behind the other, in as many parts; undefined where the tag does
 * not hold. At least 16 bytes.
 */
export async function aesGcmOpen(
  key: Bytes,
  nonce: Bytes,
  parts: readonly Bytes[],
  aad: Bytes,
): Promise<Bytes[] | undefined> {
  const decipher = createDecipheriv('aes-256-gcm', key, nonce);
  decipher.setAAD(aad);
  const { front, tag } = splitTag(parts);
  decipher.setAuthTag(tag);
  const plaintext = front.map((part) => view(decipher.update(part)));
  try {
    decipher.final();
    return plaintext;
  } catch {
    return undefined;
  }
}

/** Parts without their last 16 bytes, and those. */
function splitTag(parts: readonly Bytes[]): { front: Bytes[]; tag: Bytes } {
  const tag = new Uint8Array(TAG_BYTES);
  let at = TAG_BYTES - parts.reduce((sum, part) => sum + part.length, 0);
  const front = parts.map((part) => {
    const end = Math.min(part.length, Math.max(0, -at));
    tag.set(part.subarray(end), Math.max(0, at));
    at += part.length;
    return part.subarray(0, end);
  });
  return { front, tag };
}

const TAG_BYTES = 16;

/** The operating system's randomness. Applications pass it down; nothing below reads it by itself. */
export const systemRandom: Random = (lengthBytes) => view(randomBytes(lengthBytes));

const PKCS8_PREFIX = Buffer.from('302e020100300506032b657004220420', 'hex');
const SPKI_PREFIX = Buffer.from('302a300506032b6570032100', 'hex');
const privateKey = (seed: Bytes) =>
  createPrivateKey({ key: Buffer.concat([PKCS8_PREFIX, seed]), format: 'der', type: 'pkcs8' });

export const ed25519Public = async (seed: Bytes): Promise<Bytes> =>
  view(createPublicKey(privateKey(seed)).export({ format: 'der', type: 'spki' })).subarray(SPKI_PREFIX.length);

export const ed25519Sign = async (seed: Bytes, message: Bytes): Promise<Bytes> =>
  view(sign(null, message, signingKey(seed)));

// A validator signs every block, a device every operation, with the same key: parsing it costs more than signing.
let lastSigning: { seed: Bytes; key: KeyObject } | undefined;

function signingKey(seed: Bytes): KeyObject {
  if (!lastSigning || !equal(lastSigning.seed, seed)) lastSigning = { seed: seed.slice(), key: privateKey(seed) };
  return lastSigning.key;
}

// Parsing a key costs a third of a verification; a node sees the same few thousand keys again and again.
const parsedKeys = new Map<string, KeyObject>();
const PARSED_KEYS_LIMIT = 10_000;

export async function ed25519Verify(key: Bytes, message: Bytes, signature: Bytes): Promise<boolean> {
  const name = String.fromCharCode(...key);
  let parsed = parsedKeys.get(name);
  if (!parsed) {
    if (parsedKeys.size >= PARSED_KEYS_LIMIT) parsedKeys.clear();
    try {
      parsed = createPublicKey({ key: Buffer.concat([SPKI_PREFIX, key]), format: 'der', type: 'spki' });
    } catch {
      return false;
    }
    parsedKeys.set(name, parsed);
  }
  const held = parsed;
  // On the thread pool: a node verifies a block's operations beside each other.
  return new Promise((resolve) => verify(null, message, held, signature, (_error, holds) => resolve(holds === true)));
}
