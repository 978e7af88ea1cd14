import { closeSync, openSync, readSync } from 'node:fs';
import { type Bytes, equal } from '@salus/base';
import { ledgerError } from '../../errors.ts';
import { FILE_MAGIC, FRAME_HEAD_BYTES, frameHolds, payloadLength } from './frame.ts';

/** What a block log holds. */
export interface BlockHistory {
  genesisBytes: Bytes;
  /** Blocks in wire form, in order, up to the last whole one. Read as they are asked for. */
  blocks: Iterable<Bytes>;
}

/**
 * Reads a block log without its node, for whoever verifies it: nothing is locked, changed or believed. A block still being
 * written is left out. Throws `ledger-foreign` where the file is no block log.
 */
export function readBlockLog(path: string): BlockHistory {
  const magic = read(path, 0, FILE_MAGIC.length);
  const genesis = frameAt(path, FILE_MAGIC.length);
  if (!equal(magic, FILE_MAGIC) || !genesis) {
    throw ledgerError('ledger-foreign', { why: 'its first bytes are not a ledger’s' });
  }
  return { genesisBytes: genesis, blocks: blocksFrom(path, FILE_MAGIC.length + FRAME_HEAD_BYTES + genesis.length) };
}

function* blocksFrom(path: string, start: number): Generator<Bytes> {
  for (let at = start; ; ) {
    const payload = frameAt(path, at);
    if (!payload) return;
    yield payload;
    at += FRAME_HEAD_BYTES + payload.length;
  }
}

function frameAt(path: string, at: number): Bytes | undefined {
  const head = read(path, at, FRAME_HEAD_BYTES);
  const length = payloadLength(head);
  if (length === undefined) return undefined;
  const payload = read(path, at + FRAME_HEAD_BYTES, length);
  return payload.length === length && frameHolds(head, payload) ? payload : undefined;
}

function read(path: string, offset: number, length: number): Bytes {
  const file = openSync(path, 'r');
  try {
    const bytes = new Uint8Array(length);
    return bytes.subarray(0, readSync(file, bytes, 0, length, offset));
  } finally {
    closeSync(file);
  }
}
