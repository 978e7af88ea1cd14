import { type Bytes, concat, equal, framed, fromHex, hex, type Random } from '@salus/base';
import {
  decapsulate,
  deriveKey,
  ENCAPSULATION_BYTES,
  encapsulate,
  mac,
  openSalted,
  SALTED_OVERHEAD,
  sealSalted,
  sha256,
} from '@salus/schemes/keyless';
import type { BackupKeys } from './keys.ts';

/**
 * Files are cut into parts of so many bytes, from their beginning: the database changes in place and the block log at its
 * end, so nothing ever moves. A record adds some twenty of them; a gigabyte is 16,000 objects.
 */
export const PART_BYTES = 65_536;
/** Longest plaintext of a chunk: a piece of a stripe, of a megabyte and its header, is one. */
export const CHUNK_LIMIT_BYTES = 2 * 1_048_576;
const CHECK_BYTES = 32;
/** What a chunk's object has beyond its plaintext. */
export const CHUNK_OVERHEAD = ENCAPSULATION_BYTES + SALTED_OVERHEAD + CHECK_BYTES;
/** What a list's object has beyond its plaintext. */
export const LIST_OVERHEAD = SALTED_OVERHEAD;

/** 64 hexadecimal digits that tell nothing of the content to whoever has not the key of names. */
export type ChunkName = string;

/** Name of a chunk of a file, by its bytes; of a piece, by the piece's own name, so that it need not be read to be known. */
export const chunkName = ({ names }: BackupKeys, use: 'chunk' | 'list' | 'piece', identity: Bytes): ChunkName =>
  hex(mac(names, `SALUS1/backup/${use}`, identity));

const chunkAad = (name: ChunkName) => framed('SALUS1/backup/chunk', fromHex(name));
const check = ({ checks }: BackupKeys, name: ChunkName, sealed: Bytes): Bytes =>
  mac(checks, 'SALUS1/backup/check', fromHex(name), sealed);

/** Seals the chunks of one run: a fresh secret that only the recovery key finds again, forgotten with this object. */
export class ChunkSealer {
  readonly #encapsulation: Bytes;
  readonly #secret: Bytes;

  /** About 2 ms. */
  constructor(
    readonly keys: BackupKeys,
    readonly random: Random,
  ) {
    const { encapsulation, secret } = encapsulate(keys.recovery, random);
    this.#encapsulation = encapsulation;
    this.#secret = runSecret(secret, encapsulation, keys.recovery);
    secret.fill(0);
  }

  /** Encapsulation, sealed plaintext, then a check that the node can make without the recovery key. */
  async seal(name: ChunkName, plaintext: Bytes): Promise<Bytes> {
    const sealed = concat(this.#encapsulation, await sealSalted(this.#secret, plaintext, chunkAad(name), this.random));
    return concat(sealed, check(this.keys, name, sealed));
  }
}

const runSecret = (secret: Bytes, encapsulation: Bytes, recovery: Bytes): Bytes =>
  deriveKey(secret, 'SALUS1/backup/run', encapsulation, recovery);

/** Whether an object is the chunk that this node, or one before it, wrote under that name. */
export function isChunk(keys: BackupKeys, name: ChunkName, object: Bytes): boolean {
  if (object.length < CHUNK_OVERHEAD) return false;
  const sealed = object.subarray(0, object.length - CHECK_BYTES);
  return equal(check(keys, name, sealed), object.subarray(sealed.length));
}

/** Opens chunks with the recovery key: 2 ms for each run that wrote some of them. */
export class ChunkOpener {
  readonly #secrets = new Map<string, Bytes>();

  constructor(
    readonly keys: BackupKeys,
    readonly recoveryKey: Bytes,
  ) {}

  /** The plaintext, or undefined where the object is not that chunk. */
  async open(name: ChunkName, object: Bytes): Promise<Bytes | undefined> {
    if (!isChunk(this.keys, name, object)) return undefined;
    const secret = this.#secretOf(object.subarray(0, ENCAPSULATION_BYTES));
    const sealed = object.subarray(ENCAPSULATION_BYTES, object.length - CHECK_BYTES);
    return secret && openSalted(secret, sealed, chunkAad(name));
  }

  #secretOf(encapsulation: Bytes): Bytes | undefined {
    const run = hex(sha256(encapsulation));
    const held = this.#secrets.get(run);
    if (held) return held;
    const found = decapsulate(this.recoveryKey, encapsulation);
    const secret = found && runSecret(found, encapsulation, this.keys.recovery);
    if (secret) this.#secrets.set(run, secret);
    return secret;
  }
}

const listAad = (name: string) => framed('SALUS1/backup/list', name);

/** The object of a list or a set: sealed under a key that the node has, bound to the name it lies under. */
export const sealList = ({ lists }: BackupKeys, name: string, plaintext: Bytes, random: Random): Promise<Bytes> =>
  sealSalted(lists, plaintext, listAad(name), random);

/** What `sealList` sealed under that name, or undefined. */
export const openList = ({ lists }: BackupKeys, name: string, object: Bytes): Promise<Bytes | undefined> =>
  openSalted(lists, object, listAad(name));
