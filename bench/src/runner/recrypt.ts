import { copyFileSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { peerFolder } from './peers.ts';

export const RECRYPT = { name: '@ironcorelabs/recrypt-wasm-binding', version: '0.7.1' } as const;

/** The part of recrypt's interface that is measured. */
export interface RecryptApi {
  generateKeyPair(): { publicKey: unknown; privateKey: Uint8Array };
  generateEd25519KeyPair(): { publicKey: Uint8Array; privateKey: Uint8Array };
  generatePlaintext(): Uint8Array;
  generateTransformKey(from: Uint8Array, to: unknown, signing: Uint8Array): unknown;
  encrypt(plaintext: Uint8Array, to: unknown, signing: Uint8Array): unknown;
  transform(encrypted: unknown, key: unknown, signing: Uint8Array): unknown;
  decrypt(encrypted: unknown, key: Uint8Array): Uint8Array;
}

/**
 * The peer is built for bundlers, which load WebAssembly by an import. Its files are laid out again beside it so that Node.js
 * loads them as they are. Undefined where it cannot be installed.
 */
export async function loadRecrypt(): Promise<RecryptApi | undefined> {
  const folder = peerFolder(RECRYPT.name, RECRYPT.version);
  if (!folder) return undefined;
  const laidOut = join(dirname(dirname(dirname(folder))), 'recrypt-for-node');
  mkdirSync(laidOut, { recursive: true });
  copyFileSync(join(folder, 'recrypt_wasm_binding_bg.js'), join(laidOut, 'recrypt_wasm_binding_bg.mjs'));
  copyFileSync(join(folder, 'recrypt_wasm_binding_bg.wasm'), join(laidOut, 'recrypt_wasm_binding_bg.wasm'));
  const shim = readFileSync(join(folder, 'Api256Shim.js'), 'utf8');
  writeFileSync(join(laidOut, 'api.mjs'), shim.replaceAll('"./recrypt_wasm_binding"', '"./binding.mjs"'));
  writeFileSync(join(laidOut, 'binding.mjs'), BINDING);
  // It asks for Node's randomness through the CommonJS `module`.
  Object.assign(globalThis, { module: { require: createRequire(import.meta.url) } });
  const { Api256 } = (await import(pathToFileURL(join(laidOut, 'api.mjs')).href)) as { Api256: new () => RecryptApi };
  return new Api256();
}

const BINDING = `import { readFileSync } from 'node:fs';
import * as imports from './recrypt_wasm_binding_bg.mjs';
export * from './recrypt_wasm_binding_bg.mjs';
const bytes = readFileSync(new URL('./recrypt_wasm_binding_bg.wasm', import.meta.url));
const { instance } = await WebAssembly.instantiate(bytes, { './recrypt_wasm_binding_bg.js': imports });
imports.__wbg_set_wasm(instance.exports);
instance.exports.__wbindgen_start();
`;
