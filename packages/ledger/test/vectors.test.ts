import { createHash, createPublicKey, verify } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { type Bytes, decodeCanonical, fromHex } from '@salus/base';
import { parseGenesis } from '@salus/contracts';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import {
  replay,
  type TrustedGenesis,
  verifyConsistency,
  verifyEventChain,
  verifyHeader,
  verifyInclusionProof,
  verifyStateProof,
} from '../src/verifier/index.ts';
import { makeVectors } from './ledgerVectors.ts';

const FILE = new URL('../../../spec/vectors/ledger.json', import.meta.url);
type Vectors = Awaited<ReturnType<typeof makeVectors>>;
const readVectors = async (): Promise<Vectors> => JSON.parse(await readFile(FILE, 'utf8'));

const bytesOrNull = (digits: string | null) => (digits === null ? null : fromHex(digits));
const trustOf = ({ genesis, network }: Vectors): TrustedGenesis => {
  return { genesis: parseGenesis(fromHex(genesis)), network: fromHex(network) };
};

/** spec/encoding.md and the tree of spec/ledger.md, written a second time with the platform alone. */
const framed = (...parts: (string | Bytes)[]): Buffer =>
  Buffer.concat(
    parts.flatMap((part) => {
      const length = Buffer.alloc(4);
      length.writeUInt32BE(Buffer.byteLength(part));
      return [length, Buffer.from(part as string)];
    }),
  );
const H = (...parts: (string | Bytes)[]): Buffer =>
  createHash('sha256')
    .update(framed(...parts))
    .digest();
const decoded = (bytes: Bytes) => decodeCanonical('a vector', bytes, z.any(), 1_000_000);
const bit = (hash: Bytes, i: number) => (hash[i >> 3]! >> (7 - (i % 8))) & 1;

function fold(key: string, value: Bytes | null, proof: Bytes): Buffer {
  const { depth, bitmap, siblings, other } = decoded(proof);
  const place = H('SALUS1/state-key', key);
  const absent = other ? H('SALUS1/state-leaf', other.subarray(0, 32), other.subarray(32)) : Buffer.alloc(32);
  let node = value ? H('SALUS1/state-leaf', place, H('SALUS1/state-value', value)) : absent;
  let at = siblings.length;
  for (let level = depth - 1; level >= 0; level--) {
    const sibling = bit(bitmap, level) === 1 ? siblings.subarray((at -= 32), at + 32) : Buffer.alloc(32);
    node = bit(place, level) === 1 ? H('SALUS1/state-node', sibling, node) : H('SALUS1/state-node', node, sibling);
  }
  return node;
}

describe('spec/vectors/ledger.json', () => {
  it('is what the code makes', async () => {
    await expect(`${JSON.stringify(await makeVectors(), null, 1)}\n`).toMatchFileSnapshot(FILE.pathname);
  });

  it('can be checked from spec/ledger.md alone, without this package', async () => {
    const vectors = await readVectors();
    const [payload, signature] = decoded(fromHex(vectors.header));
    const header = decoded(payload);
    const { validators } = decoded(fromHex(vectors.genesis));
    const spki = Buffer.concat([Buffer.from('302a300506032b6570032100', 'hex'), validators[0].key]);
    const key = createPublicKey({ key: spki, format: 'der', type: 'spki' });
    expect(verify(null, framed('SALUS1/block', payload), key, signature)).toBe(true);
    const [said, word] = decoded(fromHex(vectors.restoration.bytes));
    expect(verify(null, framed('SALUS1/restoration', said), key, word)).toBe(true);
    expect(H('SALUS1/genesis', fromHex(vectors.genesis)).toString('hex')).toBe(vectors.network);
    expect(H('SALUS1/block-hash', payload).toString('hex')).toBe(vectors.blocks.at(-1)!.hash);
    for (const { key: name, value, proof } of vectors.state)
      expect(fold(name, bytesOrNull(value), fromHex(proof))).toEqual(Buffer.from(header.stateRoot));
    const [, events] = vectors.state;
    const head = vectors.events.reduce<Buffer>((chain, digits) => {
      const [operation, signed] = decoded(fromHex(digits));
      return H('SALUS1/event', chain, H('SALUS1/operation-hash', operation, signed));
    }, Buffer.alloc(32));
    expect(Buffer.from(decoded(fromHex(events!.value!)).head)).toEqual(head);
  });

  it('holds proofs that hold, and a history that replays', async () => {
    const vectors = await readVectors();
    const header = await verifyHeader(fromHex(vectors.header), trustOf(vectors));
    for (const { key, value, proof } of vectors.state)
      verifyStateProof(header, key, bytesOrNull(value), fromHex(proof));
    const { inclusion, consistency, account } = vectors;
    const index = verifyInclusionProof(header, fromHex(inclusion.operation), fromHex(inclusion.proof));
    expect(index).toBe(inclusion.index);
    verifyConsistency(
      await verifyHeader(fromHex(consistency.older), trustOf(vectors)),
      header,
      fromHex(consistency.path),
    );
    const events = vectors.state[1]!;
    const entry = { value: bytesOrNull(events.value), proof: fromHex(events.proof) };
    verifyEventChain(header, account, vectors.events.map(fromHex), entry);
    const replayed = await replay(
      fromHex(vectors.genesis),
      vectors.blocks.map(({ bytes }) => fromHex(bytes)),
    );
    expect(replayed.stateRoot).toEqual(header.stateRoot);
    expect(replayed.logRoot).toEqual(header.logRoot);
  });

  it('holds lies that are refused', async () => {
    const vectors = await readVectors();
    const header = await verifyHeader(fromHex(vectors.header), trustOf(vectors));
    for (const { why, key, value, proof } of vectors.lies) {
      const check = () => verifyStateProof(header, key, bytesOrNull(value), fromHex(proof));
      expect(check, why).toThrowError(expect.objectContaining({ code: 'proof-refused' }));
    }
  });
});
