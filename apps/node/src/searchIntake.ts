import type { ParsedBodyOf, Routes } from '@salus/api';
import { type Bytes, hex } from '@salus/base';
import { accountKey } from '@salus/contracts';
import { verifyChannelOffer } from '@salus/schemes/keyless';
import type { Transaction } from 'kysely';
import type { NodeContext } from './context.ts';
import { insertNew } from './database/insertNew.ts';
import type { Tables } from './database/tables.ts';
import { nodeError } from './errors.ts';
import type { Caller } from './sessions.ts';
import { callerKey } from './submission.ts';

type Upload = Pick<ParsedBodyOf<Routes['putSlots']>, 'channels' | 'entries'>;

/**
 * Stores search channels, signed by the caller's device, and sealed entries; gives the labels of those that are new. Sending
 * the same again is no conflict.
 */
export async function keepSearch(
  node: NodeContext,
  transaction: Transaction<Tables>,
  caller: Caller,
  upload: Upload,
): Promise<Bytes[]> {
  for (const channel of upload.channels) {
    if (channel.author !== caller.account || channel.device !== caller.device)
      throw nodeError('channel-refused', { why: 'it names another author' });
    const recipient = node.ledger.get(accountKey(channel.recipient));
    if (!recipient) throw nodeError('channel-refused', { why: 'its recipient is unknown' });
    if (
      !(await verifyChannelOffer(
        { ...channel, id: channel.channel, recipientBoxKey: recipient.boxKey },
        callerKey(node, caller),
      ))
    )
      throw nodeError('channel-refused', { why: 'its signature does not hold' });
    await transaction
      .insertInto('channel')
      .values(channel)
      .onConflict((c) => c.doNothing())
      .execute();
  }
  const added = await insertNew(upload.entries, {
    keyOf: ({ label }) => hex(label),
    contentOf: ({ value }) => value,
    insert: async (page) => {
      const insert = transaction.insertInto('entry').values(page);
      const fresh = await insert
        .onConflict((c) => c.doNothing())
        .returning('label')
        .execute();
      return fresh.map(({ label }) => hex(label));
    },
    held: async (page) => {
      const labels = page.map(({ label }) => label);
      const there = await transaction
        .selectFrom('entry')
        .select(['label', 'value'])
        .where('label', 'in', labels)
        .execute();
      return new Map(there.map(({ label, value }) => [hex(label), value]));
    },
    taken: () => nodeError('entry-taken'),
  });
  return added.map(({ label }) => label);
}
