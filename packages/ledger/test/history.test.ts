import { type Bytes, encodeCanonical } from '@salus/base';
import { EMPTY_CHAIN, eventsKey, extendChain, parseOperation, type StateKey, type StateValue } from '@salus/contracts';
import { merkleRootOf } from '@salus/schemes/keyless';
import { beforeAll, describe, expect, it } from 'vitest';
import { encodeBlock, parseBlock } from '../src/block/block.ts';
import { BlockDraft, type Ground, tipAfter } from '../src/block/draft.ts';
import { beginning } from '../src/block/first.ts';
import { encodeHeader, type Header, signHeader } from '../src/block/header.ts';
import {
  parseHeader,
  replay,
  verifyConsistency,
  verifyEntries,
  verifyEventChain,
  verifyHeader,
  verifyInclusionProof,
} from '../src/index.ts';
import { Clinic, codeOf, newDevice, operationBy, type Person } from './fixture/clinic.ts';

let clinic: Clinic;
let patient: Person;
let blocks: Bytes[];

beforeAll(async () => {
  clinic = await Clinic.open('history');
  patient = await clinic.patient();
  const [warm, add, commit] = [
    await clinic.commit(patient),
    await clinic.addDevice(patient),
    await clinic.commit(patient),
  ];
  // The first keeps the next two waiting, so that these share block 5.
  await clinic.submit(warm, add, commit);
  await clinic.submit(clinic.commit(patient));
  await clinic.submit(clinic.commit(patient));
  blocks = await clinic.blocks();
  return () => clinic.ledger.close();
});

const replayed = (history: Iterable<Bytes>) => replay(clinic.net.genesisBytes, history);
const changed = (height: number, block: Bytes): Bytes[] => blocks.map((b, i) => (i === height - 1 ? block : b));

/** A block signed by the validator itself, its header changed. */
async function resigned(height: number, change: (header: Header) => Partial<Header>, operations?: Bytes[]) {
  const block = parseBlock(blocks[height - 1]!);
  const header = { ...block.header.header, ...change(block.header.header) };
  const signed = await signHeader(header, clinic.net.validatorKey);
  return encodeBlock({ header: signed, operations: operations ?? block.operations });
}

describe('a history is refused', () => {
  it('with any byte of any block changed', async () => {
    for (const [i, block] of blocks.entries())
      for (let at = 0; at < block.length; at += 1 + (at % 29)) {
        const flipped = block.slice();
        flipped[at]! ^= 1;
        expect(await codeOf(replayed(changed(i + 1, flipped))), `block ${i + 1}, byte ${at}`).toBe('block-refused');
      }
  });

  it('with a block left out, repeated or moved', async () => {
    const [last] = blocks.slice(-1);
    expect(await codeOf(replayed(blocks.slice(1)))).toBe('block-refused');
    expect(await codeOf(replayed([...blocks, last!]))).toBe('block-refused');
    expect(await codeOf(replayed([blocks[0]!, blocks[2]!, blocks[1]!]))).toBe('block-refused');
    expect(await codeOf(replayed(blocks.slice(0, -1)))).toBe('nothing');
  });

  it('when the validator itself lies about any root, count or time', async () => {
    const wrong = new Uint8Array(32).fill(7);
    const lies: ((header: Header) => Partial<Header>)[] = [
      () => ({ stateRoot: wrong }),
      () => ({ logRoot: wrong }),
      () => ({ operationsRoot: wrong }),
      () => ({ previous: wrong }),
      ({ count }) => ({ count: count + 1 }),
      ({ logSize }) => ({ logSize: logSize + 1 }),
      ({ height }) => ({ height: height + 1 }),
      () => ({ time: 0 }),
      () => ({ proposer: patient.account }),
    ];
    for (const lie of lies) expect(await codeOf(replayed(changed(5, await resigned(5, lie))))).toBe('block-refused');
    expect(await codeOf(replayed(changed(5, await resigned(5, () => ({})))))).toBe('nothing');
  });

  it('when the validator drops, repeats or reorders operations', async () => {
    const held = parseBlock(blocks[4]!).operations;
    expect(held).toHaveLength(2);
    for (const operations of [held.slice(1), [...held, held[0]!], held.toReversed()]) {
      const root = merkleRootOf(operations.map((bytes) => parseOperation(bytes).hash));
      const forged = await resigned(5, () => ({ operationsRoot: root, count: operations.length }), operations);
      expect(await codeOf(replayed(changed(5, forged)))).toBe('block-refused');
    }
  });

  it('when somebody else signs as the validator', async () => {
    const thief = await newDevice(clinic.net.random);
    const { header, operations } = parseBlock(blocks[1]!);
    const signed = await signHeader(header.header, thief.seed);
    expect(await codeOf(replayed(changed(2, encodeBlock({ header: signed, operations }))))).toBe('block-refused');
    expect(await codeOf(verifyHeader(encodeHeader(signed), clinic.trust))).toBe('proof-refused');
  });

  it('when the validator writes an operation twice; contracts alone would take a repeated read', async () => {
    const read = await readOf();
    const careful = await twice(read, true);
    expect(careful.second?.code).toBe('operation-id-used');
    const careless = await twice(read, false);
    expect(careless.second).toBeUndefined();
    expect(await codeOf(replayed(careless.blocks))).toBe('block-refused');
  });
});

async function readOf(): Promise<Bytes> {
  const commit = parseOperation(parseBlock(blocks[4]!).operations[1]!).operation.body as { record: string };
  const reads: [string, 'vitals', number, Bytes, ''][] = [[commit.record, 'vitals', 1, clinic.net.random(32), '']];
  return operationBy(clinic.net, patient, 'read.open', { purpose: 'treatment', key: clinic.net.random(32), reads });
}

/** All operations so far and then one twice, by a validator who looks at ids or does not. */
async function twice(operation: Bytes, looks: boolean) {
  const { genesis, network } = clinic.trust;
  const first = beginning(genesis, network);
  const values = new Map<string, StateValue>(first.values);
  const pages = new Map(first.pages);
  const ids = new Set<string>();
  const state = { get: <V extends StateValue>(key: StateKey<V>) => values.get(key) as V | undefined };
  const ground: Ground = {
    ...{ network, state, tip: first.tip },
    pages: (path) => pages.get(path),
    holds: (id) => looks && ids.has(id),
  };
  const made: Bytes[] = [];
  const write = async (operations: Bytes[], time: number) => {
    const draft = new BlockDraft(ground, time);
    const rejected = operations.map((bytes) => draft.admit(parseOperation(bytes))).find(Boolean);
    const finished = draft.finish(genesis.validators[0]!.id);
    const header = await signHeader(finished.header, clinic.net.validatorKey);
    for (const [key, value] of finished.values) values.set(key, value);
    for (const [path, page] of finished.pages) pages.set(path, page);
    for (const bytes of operations) ids.add(parseOperation(bytes).operation.id);
    ground.tip = tipAfter(finished, header.hash);
    if (!rejected) made.push(encodeBlock({ header, operations }));
    return rejected;
  };
  for (const block of blocks) await write(parseBlock(block).operations, parseBlock(block).header.header.time);
  await write([operation], ground.tip.time + 1);
  return { second: await write([operation], ground.tip.time + 1), blocks: made };
}

describe('“everything about this account”', () => {
  const listOf = (account: string) => clinic.ledger.events(account, 0, 200).map(({ bytes }) => bytes);
  const proven = async (account: string) => {
    const answer = await clinic.ledger.prove([eventsKey(account)]);
    const { header } = await verifyEntries(answer, clinic.trust);
    return { header, entry: answer.entries[0]! };
  };

  it('is believed when complete, at once or continued', async () => {
    const { account } = patient;
    const { header, entry } = await proven(account);
    const list = listOf(account);
    const end = verifyEventChain(header, account, list, entry);
    expect(end.count).toBe(list.length);
    const half = clinic.ledger.events(account, 0, 2).map(({ bytes }) => bytes);
    const middle = chainOver(half);
    expect(verifyEventChain(header, account, list.slice(2), entry, middle)).toEqual(end);
  });

  it('is refused when the node hides one operation, adds one, reorders, or answers with another account', async () => {
    const { account } = patient;
    const { header, entry } = await proven(account);
    const list = listOf(account);
    const refuses = (operations: Bytes[], of = account, held = entry) =>
      expect(() => verifyEventChain(header, of, operations, held)).toThrowError(
        expect.objectContaining({ code: 'proof-refused' }),
      );
    for (let hidden = 0; hidden < list.length; hidden++) refuses(list.toSpliced(hidden, 1));
    refuses([...list, list[0]!]);
    refuses(list.toReversed());
    refuses(list, clinic.net.operator.account);
    refuses([], account, { ...entry, value: null });
    const other = await proven(clinic.net.operator.account);
    refuses(listOf(clinic.net.operator.account), account, other.entry);
  });

  it('is empty, and provably so, for an account that nothing concerns', async () => {
    const stranger = '0'.repeat(32);
    const { header, entry } = await proven(stranger);
    expect(verifyEventChain(header, stranger, [], entry)).toEqual(EMPTY_CHAIN);
  });
});

const chainOver = (operations: Bytes[]) =>
  operations.map((bytes) => parseOperation(bytes).hash).reduce((chain, hash) => extendChain(chain, hash), EMPTY_CHAIN);

describe('answers of a lying node are refused', () => {
  it('an inclusion proof for an operation that is not there, or at another place', async () => {
    const { header, proof } = (await clinic.ledger.inclusion(
      parseOperation(parseBlock(blocks[5]!).operations[0]!).operation.id,
    ))!;
    const head = await verifyHeader(header, clinic.trust);
    const there = parseBlock(blocks[5]!).operations[0]!;
    expect(verifyInclusionProof(head, there, proof)).toBe(5);
    const never = await clinic.commit(patient);
    expect(() => verifyInclusionProof(head, never, proof)).toThrowError(/log root/);
    for (let at = 0; at < proof.length; at++) {
      const forged = proof.slice();
      forged[at]! ^= 1;
      expect(() => verifyInclusionProof(head, there, forged), `byte ${at}`).toThrow();
    }
  });

  it('a log that was rewritten: an older header that the newer does not continue', async () => {
    const heads = await Promise.all(
      [2, 4, 6].map((height) => verifyHeader(clinic.ledger.header(height)!, clinic.trust)),
    );
    const newest = clinic.ledger.head();
    for (const head of heads) {
      const { path } = await clinic.ledger.consistency(head.logSize);
      verifyConsistency(head, newest, path);
      const rewritten = { ...head, logRoot: new Uint8Array(32) };
      expect(() => verifyConsistency(rewritten, newest, path)).toThrowError(/does not continue/);
      expect(() => verifyConsistency(newest, head, path)).toThrow();
    }
    expect(() => verifyConsistency(heads[0]!, newest, new Uint8Array(31))).toThrowError(/does not continue/);
  });

  it('a header of another network, or cut short', async () => {
    const { header } = parseHeader(clinic.ledger.header());
    const elsewhere = await signHeader({ ...header, network: new Uint8Array(32) }, clinic.net.validatorKey);
    expect(await codeOf(verifyHeader(encodeHeader(elsewhere), clinic.trust))).toBe('proof-refused');
    expect(await codeOf(verifyHeader(clinic.ledger.header().subarray(1), clinic.trust))).toBe('encoding-malformed');
  });

  it('a state value that is not what the root commits to', async () => {
    const answer = await clinic.ledger.prove([eventsKey(patient.account)]);
    const [entry] = answer.entries;
    const lie = { ...answer, entries: [{ ...entry!, value: encodeCanonical(EMPTY_CHAIN) }] };
    expect(await codeOf(verifyEntries(lie, clinic.trust))).toBe('proof-refused');
    const absent = { ...answer, entries: [{ ...entry!, value: null }] };
    expect(await codeOf(verifyEntries(absent, clinic.trust))).toBe('proof-refused');
  });
});
