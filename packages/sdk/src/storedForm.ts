import { recordKey } from '@salus/contracts';
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
