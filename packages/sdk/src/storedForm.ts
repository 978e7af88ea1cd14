import type { Device } from './device.ts';
import { myRecord } from './records.ts';

/** What the server and the clouds hold of a record of mine: everything, as it is stored. Nothing in it can be read. */
export async function storedForm(device: Device, record: string) {
  const { group } = await myRecord(device, record);
  return device.client.call('storedForm', {}, { record, group });
}
