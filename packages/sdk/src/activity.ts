import { type AccountId, type Bytes, isSalusError } from '@salus/base';
import { eventsKey, networkOf, type Operation, parseOperation } from '@salus/contracts';
import { type CheckedBlock, type Replayed, replay, verifyEventChain } from '@salus/ledger/verifier';
import { initPairing } from '@salus/schemes/keyless';
import type { Device } from './device.ts';
import { sdkError } from './errors.ts';
import { frames } from './fetching.ts';

/** One line of an account's history. */
export interface Activity {
  operation: Operation;
  height: number;
  time: number;
}

/** Everything that concerns an account, proven complete: the list gives exactly the chain that the ledger's state holds. */
export async function activityOf(device: Device, account: AccountId = device.account): Promise<Activity[]> {
  const { client, trust } = device;
  for (let tries = 0; ; tries++) {
    const events: { operation: Bytes; height: number; time: number }[] = [];
    for (let total = 1; events.length < total; ) {
      const page = await client.call('accountEvents', { from: events.length }, { account });
      total = page.total;
      events.push(...page.events);
      if (page.events.length === 0) break;
    }
    const since = trust.height;
    const proven = await client.call('state', { keys: [eventsKey(account)] });
    const header = await trust.header(proven.header, since);
    const [chain] = proven.entries;
    if (!chain) throw sdkError('answer-dishonest', { why: 'something is left out' });
    try {
      verifyEventChain(
        header,
        account,
        events.map(({ operation }) => operation),
        chain,
      );
    } catch (thrown) {
      // Something may have been written between the two questions; a server that hides stays short every time.
      if (tries < RACES && isSalusError(thrown, 'proof-refused')) continue;
      throw thrown;
    }
    return events.map(({ operation, height, time }) => ({
      operation: parseOperation(operation).operation,
      height,
      time,
    }));
  }
}

const RACES = 3;
const BLOCK_LIMIT_BYTES = 64 * 1024 * 1024;

/** Re-derives the whole ledger from its first block, believing nothing but the pinned genesis. */
export async function verifyLedger(device: Device, onBlock?: (block: CheckedBlock) => void): Promise<Replayed> {
  const stream = await device.client.stream('blocks', { from: 1 });
  const replayed = await replay(device.trust.genesisBytes, frames(stream, BLOCK_LIMIT_BYTES), onBlock);
  await device.trust.meet(device.client);
  return replayed;
}

/** The same of a history read from a file, without any node. The genesis hash it comes to is for the caller to compare. */
export async function verifyHistory(
  history: { genesisBytes: Bytes; blocks: Iterable<Bytes> },
  onBlock?: (block: CheckedBlock) => void,
): Promise<Replayed & { network: Bytes }> {
  await initPairing();
  return { ...(await replay(history.genesisBytes, history.blocks, onBlock)), network: networkOf(history.genesisBytes) };
}
