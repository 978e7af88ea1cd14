import { traceLock } from '@salus/node';
import { fetchReplies, prepareRead, searchDelegated, searchWords, underGrants } from '@salus/sdk';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openWard, TOPIC, type Ward } from '../src/ward.ts';

let ward: Ward;
beforeAll(async () => {
  ward = await openWard();
});
afterAll(() => ward.hospital.stop());

const locksOf = (replies: Awaited<ReturnType<typeof fetchReplies>>) => replies.map(({ answers }) => answers[0]!.value);

describe('a stored value that was stolen from a reader', () => {
  it('names its fetch by its lock: the reader, the read and when, on both routes', async () => {
    const { rao, shah, hospital, records } = ward;
    const asked = await underGrants(rao.device, await searchWords(rao.device, ['heart']));
    const fetches = [
      { device: rao.device, read: await prepareRead(rao.device, asked, 'treatment') },
      { device: rao.device, read: await prepareRead(rao.device, asked, 'treatment') },
      {
        device: shah.device,
        read: await prepareRead(shah.device, await searchDelegated(shah.device, TOPIC), 'second-opinion'),
      },
    ];
    const name = { record: records.heart, group: 'document' as const };
    for (const { device, read } of fetches) {
      const [lock] = locksOf(await fetchReplies(device, read));
      expect(await traceLock(hospital.node.context, name, lock!)).toMatchObject({
        operation: read.operation.id,
        reader: device.account,
        record: records.heart,
      });
    }
  });

  it('names nobody where it was made up, or belongs to another record', async () => {
    const { rao, hospital, records } = ward;
    const asked = await underGrants(rao.device, await searchWords(rao.device, ['skin']));
    const [lock] = locksOf(await fetchReplies(rao.device, await prepareRead(rao.device, asked, 'treatment')));
    const { context } = hospital.node;
    expect(await traceLock(context, { record: records.heart, group: 'document' }, lock!)).toBeUndefined();
    expect(await traceLock(context, { record: records.skin, group: 'document' }, lock!)).toBeDefined();
    expect(
      await traceLock(context, { record: records.skin, group: 'document' }, rao.device.random(32)),
    ).toBeUndefined();
  });
});
