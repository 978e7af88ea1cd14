import { recordKey, storedAtKey } from '@salus/contracts';
import type { Device } from './device.ts';
import { sdkError } from './errors.ts';
import { myRecord } from './records.ts';

/**
 * What server, clouds and ledger hold of a record of mine: everything, as it is stored. Nothing in it can be read. The
 * ledger's entry comes with a proof, which is checked here; the rest is the server's word.
 */
export async function storedForm(device: Device, record: string) {
  const { group } = await myRecord(device, record);
  const [stored, [entry]] = await Promise.all([
    device.client.call('storedForm', {}, { record, group }),
    device.trust.read(device.client, [recordKey(record, group)]),
  ]);
  if (!entry) throw sdkError('record-unknown', { record });
  return { ...stored, entry };
}

/**
 * In which stores the pieces of a record of mine lie, and when the newest storage check that found a store to hold
 * everything asked about them. Which pieces lie where is the server's word; what checks found stands in the ledger, and is
 * proven here. A check looks at a sample of all that a store holds, not at each piece.
 */
export async function whereItLies(device: Device, record: string) {
  const { group } = await myRecord(device, record);
  const { stores, ...code } = await device.client.call('recordPieces', {}, { record, group });
  const told = await device.trust.read(
    device.client,
    stores.map(({ store }) => storedAtKey(store)),
  );
  return {
    ...code,
    stores: stores.map(({ store, pieces, stored, committedAt }, i) => {
      const proven = told[i]?.proven;
      const isAsked = proven && committedAt !== null && committedAt < proven.height;
      return { store, pieces, stored, checkedAt: isAsked ? proven.time : undefined };
    }),
  };
}
