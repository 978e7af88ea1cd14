import { hmac } from '@noble/hashes/hmac.js';
import { sha256 as hashSha256, sha512 as hashSha512 } from '@noble/hashes/sha2.js';
import { type Bytes, concat, fromBase64url, type Random } from '@salus/base';

// The browser's own SHA is asynchronous; hashes here are short and must be synchronous, so they come from a library.
export function sha256(...parts: Bytes[]): Bytes {
  const hash = hashSha256.create();
  for (const part of parts) hash.update(part);
  return hash.digest();
}

export const sha512 = (bytes: Bytes): Bytes => hashSha512(bytes);

export function hmacSha256(key: Bytes, ...parts: Bytes[]): Bytes {
  const running = hmac.create(hashSha256, key);
  for (const part of parts) running.update(part);
  return running.digest();
}

/** A browser's collector knows what lies outside its heap: nothing to do. */
export function letGo(_bytes: Bytes): void {}

const source = (bytes: Bytes) => bytes as Uint8Array<ArrayBuffer>;
const importKey = (key: Bytes, use: 'encrypt' | 'decrypt') =>
  crypto.subtle.importKey('raw', source(key), 'AES-GCM', false, [use]);

export async function aesGcmSeal(
  key: Bytes,
  nonce: Bytes,
  parts: readonly Bytes[],
  aad: Bytes,
  write: (sealed: Bytes) => void,
): Promise<void> {
  const algorithm = { name: 'AES-GCM', iv: source(nonce), additionalData: source(aad) };
  const plaintext = parts.length === 1 ? parts[0]! : concat(...parts);
  const sealed = await crypto.subtle.encrypt(algorithm, await importKey(key, 'encrypt'), source(plaintext));
  write(new Uint8Array(sealed));
}

export async function aesGcmOpen(
  key: Bytes,
  nonce: Bytes,
  parts: readonly Bytes[],
  aad: Bytes,
): Promise<Bytes[] | undefined> {
  const sealed = parts.length === 1 ? parts[0]! : concat(...parts);
  const algorithm = { name: 'AES-GCM', iv: source(nonce), additionalData: source(aad) };
  try {
    return [new Uint8Array(await crypto.subtle.decrypt(algorithm, await importKey(key, 'decrypt'), source(sealed)))];
  } catch {
    return undefined;
  }
}

export const systemRandom: Random = (lengthBytes) => {
  const bytes = new Uint8Array(lengthBytes);
  for (let at = 0; at < lengthBytes; at += 65_536) crypto.getRandomValues(bytes.subarray(at, at + 65_536));
  return bytes;
};

const PKCS8_PREFIX = Uint8Array.from([48, 46, 2, 1, 0, 48, 5, 6, 3, 43, 101, 112, 4, 34, 4, 32]);

async function privateKey(seed: Bytes, extractable: boolean): Promise<CryptoKey> {
  const der = new Uint8Array(48);
  der.set(PKCS8_PREFIX);
  der.set(seed, 16);
  return crypto.subtle.importKey('pkcs8', der, 'Ed25519', extractable, ['sign']);
}

export async function ed25519Public(seed: Bytes): Promise<Bytes> {
  const jwk = await crypto.subtle.exportKey('jwk', await privateKey(seed, true));
  return fromBase64url(jwk.x!);
}

export async function ed25519Sign(seed: Bytes, message: Bytes): Promise<Bytes> {
  return new Uint8Array(await crypto.subtle.sign('Ed25519', await privateKey(seed, false), source(message)));
}

export async function ed25519Verify(key: Bytes, message: Bytes, signature: Bytes): Promise<boolean> {
  try {
    const parsed = await crypto.subtle.importKey('raw', source(key), 'Ed25519', false, ['verify']);
    return await crypto.subtle.verify('Ed25519', parsed, source(signature), source(message));
  } catch {
    return false;
  }
}
