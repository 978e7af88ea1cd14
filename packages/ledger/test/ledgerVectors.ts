import { type Bytes, hex } from '@salus/base';
import { accountKey, eventsKey, recordKey } from '@salus/contracts';
import { parseBlock } from '../src/block/block.ts';
import { parseHeader } from '../src/block/header.ts';
import { signRestoration } from '../src/block/restoration.ts';
import { keyHash, valueHash } from '../src/tree/hash.ts';
import { Clinic } from './fixture/clinic.ts';

/** The content of spec/vectors/ledger.json: a short history with its proofs, and answers that are lies. */
export async function makeVectors() {
  const clinic = await Clinic.open('vectors');
  const { ledger } = clinic;
  const patient = await clinic.patient();
  for (let i = 0; i < 4; i++) await clinic.submit(clinic.commit(patient));
  const account = patient.account;
  const absent = recordKey('0'.repeat(32), 'vitals');
  const { header, entries } = await ledger.prove([accountKey(account), eventsKey(account), absent]);
  const older = ledger.header(4)!;
  const listed = ledger.events(account, 0, 100);
  const included = listed[2]!.signed.operation.id;
  const inclusion = (await ledger.inclusion(included))!;
  const { path } = await ledger.consistency(parseHeader(older).header.logSize);
  const blocks = await clinic.blocks();
  const { network, validatorKey } = clinic.net;
  const restored = { network, id: '7'.repeat(32), backedUpAt: 1_760_000_100_000, restoredAt: 1_760_000_200_000 };
  const restoration = await signRestoration({ ...restored, header: older, earlier: [2] }, validatorKey);
  await ledger.close();
  const state = entries.map(({ key, value, proof }) => {
    return { key, keyHash: hex(keyHash(key)), ...valueFields(value), proof: hex(proof) };
  });
  return {
    genesis: hex(clinic.net.genesisBytes),
    network: hex(clinic.net.network),
    blocks: blocks.map((block) => ({ hash: hex(parseBlock(block).header.hash), bytes: hex(block) })),
    header: hex(header),
    state,
    account,
    events: listed.map(({ bytes }) => hex(bytes)),
    inclusion: { operation: hex(listed[2]!.bytes), proof: hex(inclusion.proof), index: 2 },
    consistency: { older: hex(older), path: hex(path) },
    restoration: { ...restored, network: hex(network), height: 4, earlier: [2], bytes: hex(restoration) },
    lies: lies(state),
  };
}

const valueFields = (value: Bytes | null) =>
  value ? { value: hex(value), valueHash: hex(valueHash(value)) } : { value: null, valueHash: null };

/** State answers that must be refused under the header. */
function lies(state: { key: string; value: string | null; proof: string }[]) {
  const [account, events, absent] = state;
  const pick = (why: string, from: typeof account, changes: object) => {
    const { key, value, proof } = from!;
    return { why, key, value, proof, ...changes };
  };
  return [
    pick('absence of what is there', account, { value: null }),
    pick('another value', account, { value: events!.value }),
    pick('presence of what is not there', absent, { value: account!.value }),
    pick('the proof of another key', account, { key: absent!.key, value: null }),
    pick('the proof of an absence for a key that is there', absent, { key: events!.key }),
  ];
}
