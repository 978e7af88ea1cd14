import { type Bytes, newId, type RecordId } from '@salus/base';
import { newSecret, sealOwnerBox, secretFrom } from '@salus/schemes/holder';
import { contextOf } from '@salus/schemes/keyless';
import type { Device } from './device.ts';
import { myRecords } from './records.ts';

/** A new secret with its owner's box: the start of a record's generation. */
export async function newGeneration(device: Device, name: { record: string; group: string; generation: number }) {
  const origin = newSecret(device.random);
  const secret = secretFrom(origin, contextOf({ ...name, author: device.account }));
  const ownerBox = await sealOwnerBox(device.root, name, origin, device.random);
  return { origin, secret, ownerBox, proof: secret.proof(device.random) };
}

export const newRecordId = (device: Device): RecordId => newId(device.random);

const BOXES_PER_REQUEST = 1_000;

/** Seals all owner's boxes under the newest root, after an old one may be known to somebody. Gives how many. */
export async function resealOwnerBoxes(device: Device): Promise<number> {
  let count = 0;
  let boxes: { record: string; group: string; generation: number; ownerBox: Bytes }[] = [];
  const flush = async () => {
    if (boxes.length > 0) count += (await device.client.call('putOwnerBoxes', { boxes })).replaced;
    boxes = [];
  };
  for await (const { record, group, generation, origin } of myRecords(device)) {
    const name = { record, group, generation };
    boxes.push({ ...name, ownerBox: await sealOwnerBox(device.root, name, origin, device.random) });
    if (boxes.length === BOXES_PER_REQUEST) await flush();
  }
  await flush();
  return count;
}
