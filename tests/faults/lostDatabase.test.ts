import { readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { concat } from '@salus/base';
import { backUp, restore } from '@salus/node';
import { cloudStatus, listRequests, myRecord, resume, revokeDevice, searchDelegated, verifyLedger } from '@salus/sdk';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Hospital } from '../src/hospital.ts';
import { PASSWORD } from '../src/people.ts';
import { refusal } from '../src/refusal.ts';
import { folderPlace } from '../src/restored.ts';
import { add, note, readAll } from '../src/sharing.ts';
import { openWard, TOPIC, type Ward } from '../src/ward.ts';

let ward: Ward;
beforeAll(async () => {
  ward = await openWard();
});
afterAll(() => ward.hospital.stop());

const database = () => ['', '-wal', '-shm'].map((end) => join(ward.hospital.home, 'node', `salus.db${end}`));
const sharedWithVersions = () =>
  ward.hospital.node.context.database.selectFrom('delegation').select(['delegation', 'keys_version']).execute();
const health = async () => (await fetch(`${ward.hospital.url}/health`)).json();

describe('a node whose database is gone', () => {
  it('starts, finds every piece in the clouds again, and says what only a backup brings back', async () => {
    const { hospital, meera, records } = ward;
    const { stored } = await myRecord(meera.device, records.heart);
    const chunks = [stored.manifest, ...stored.chunks];
    const { stripes } = await cloudStatus(hospital.operator);
    const backup = `${hospital.home}-backup`;
    // Keys that the colleague has only since: what was shared with the older ones stays theirs.
    const phone = await hospital.signIn(ward.shah);
    await revokeDevice(ward.shah.device, phone.identity.device.id, PASSWORD);
    const shared = await sharedWithVersions();
    await backUp(hospital.home, folderPlace(backup));
    expect(await health()).toMatchObject({ ok: true, lost: { accounts: 0, records: 0, delegations: 0 } });
    expect(await health()).not.toHaveProperty('fix');

    await hospital.restart(async () => {
      for (const file of database()) await rm(file, { force: true });
    });
    const lost = { accounts: 3, records: 2, delegations: 1 };
    const told = (await health()) as { fix: string };
    expect(told).toMatchObject({ lost });
    // To whoever starts it, whoever asks it, and in its log.
    expect(hospital.node).toMatchObject({ lost, fix: told.fix });
    for (const kind of [
      'Profiles',
      'patient numbers',
      'keyrings',
      'letters',
      'slots',
      'locks',
      'search entries',
      'rows',
    ])
      expect(told.fix).toContain(kind);
    expect(told.fix).toContain('salus restore');
    const log = await readFile(join(hospital.home, 'node', 'log', 'node.log'), 'utf8');
    expect(log).toContain('placement made again from the stores');
    expect(log).toMatch(/"accounts":3,"records":2,"delegations":1.*only a backup brings back/);
    // What the message says came back did: lists by whom they concern, from the blocks.
    const [request] = await listRequests(ward.rao.device);
    expect(request).toMatchObject({ patient: meera.device.account, status: 'approved', words: undefined });
    const { delegations } = await ward.shah.device.client.call('delegations', {});
    expect(delegations).toMatchObject([{ delegation: ward.delegation, patients: [meera.device.account] }]);

    expect(await sharedWithVersions()).toEqual(shared);

    // Placement, from the headers of the pieces alone.
    const { clouds } = hospital.node.context;
    expect(await clouds.missing(chunks)).toEqual([]);
    let fetched = 0;
    for await (const { parts } of clouds.getChunks(chunks)) fetched += concat(...parts).length;
    expect(fetched).toBeGreaterThan(0);
    expect(await cloudStatus(hospital.operator)).toMatchObject({ stripes, degraded: 0 });
    // The ledger is whole, and what has no rows is refused with an error of ours.
    await verifyLedger(hospital.operator);
    expect(await refusal(() => myRecord(meera.device, records.heart))).toBe('record-unknown');

    // A second start finds nothing more to do, and still says so.
    await hospital.restart();
    expect(await health()).toMatchObject({ lost });

    await hospital.restart(async () => {
      await rm(join(hospital.home, 'node'), { recursive: true });
      await restore(hospital.home, folderPlace(backup), hospital.recoveryKey);
      await rm(backup, { recursive: true });
    });
    expect(await health()).toMatchObject({ ok: true, lost: { accounts: 0, records: 0 } });
    for (const device of [hospital.operator, ward.meera.device]) await resume(hospital.surroundings(device.store));
    const rao = await resume(hospital.surroundings(ward.rao.store));
    const shah = await resume(hospital.surroundings(ward.shah.store));
    expect(await readAll(rao, 'heart')).toEqual(['heart murmur']);
    expect(await searchDelegated(shah, TOPIC)).toHaveLength(1);
    expect((await listRequests(rao))[0]).toMatchObject({ request: request!.request });
    await add(meera.device, note('heart goes on'));
    expect(await readAll(ward.rao.device, 'heart')).toEqual(['heart goes on', 'heart murmur']);
  });

  it('takes nothing for lost in a home that is new', async () => {
    const fresh = await Hospital.open();
    try {
      expect(await (await fetch(`${fresh.url}/health`)).json()).toMatchObject({ lost: { accounts: 0, records: 0 } });
    } finally {
      await fresh.stop();
    }
  });
});
