import { cp, mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { backUp, type RunningNode, restore, startNode } from '@salus/node';
import { systemRandom } from '@salus/schemes/keyless';
import { acceptRestored, myRecords, openOwn, resume, searchDelegated } from '@salus/sdk';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Person } from '../src/hospital.ts';
import { refusal } from '../src/refusal.ts';
import { add, note, readAll, textOf } from '../src/sharing.ts';
import { openWard, TOPIC, type Ward } from '../src/ward.ts';

let ward: Ward;
let folder: string;
let backup: string;
let restored: RunningNode | undefined;

beforeAll(async () => {
  ward = await openWard();
  folder = await mkdtemp(join(tmpdir(), 'salus-backup-'));
  backup = join(folder, 'backup');
  // While somebody writes.
  const writing = add(ward.meera.device, ...[1, 2, 3].map((i) => note(`under way ${i}`)));
  await backUp(ward.hospital.home, backup, systemRandom);
  await writing;
});
afterAll(async () => {
  await restored?.stop();
  await ward.hospital.stop();
  await rm(folder, { recursive: true, force: true });
});

const at = ({ store }: Person) => resume({ ...ward.hospital.surroundings(store), node: restored!.url });

describe('a backup', () => {
  it('holds no secret of the node in the open', async () => {
    const { secrets } = ward.hospital.node.context;
    for (const name of ['secrets.sealed', 'node.json', 'recovery.pub', 'genesis.cbor', 'salus.db']) {
      const bytes = await readFile(join(backup, name));
      for (const secret of Object.values(secrets))
        expect(bytes.includes(Buffer.from(secret as Uint8Array))).toBe(false);
    }
  });

  it('is refused with a wrong recovery key, and into a folder that is not empty; nothing is left behind', async () => {
    const home = join(folder, 'refused');
    expect(await refusal(() => restore(home, backup, systemRandom(32)))).toBe('backup-unreadable');
    expect(await refusal(() => restore(ward.hospital.home, backup, ward.hospital.recoveryKey))).toBe(
      'folder-not-empty',
    );
    expect(await refusal(() => backUp(ward.hospital.home, backup, systemRandom))).toBe('folder-not-empty');
    expect(await refusal(() => restore(home, join(folder, 'nowhere'), ward.hospital.recoveryKey))).toBe(
      'backup-unreadable',
    );
    expect(await refusal(() => startNode({ home }))).toBe('config-unreadable');
  });

  it('restored into an empty home, with the clouds as they are, serves everything as of its moment', async () => {
    const { hospital, meera, rao, shah, delegation } = ward;
    await hospital.node.stop();
    const home = join(folder, 'restored');
    await restore(home, backup, hospital.recoveryKey);
    await cp(join(hospital.home, 'clouds'), join(home, 'clouds'), { recursive: true });
    restored = await startNode({ home, port: 0, now: hospital.clock.now });
    // Who saw more than the backup has must accept it; whoever did not goes on by itself.
    for (const { store } of [meera, rao, shah, hospital.operator])
      await acceptRestored({ ...hospital.surroundings(store), node: restored.url });
    expect(await readAll(await at(rao), 'heart')).toEqual(['heart murmur']);
    const covered = await searchDelegated(await at(shah), TOPIC);
    expect(covered.map(({ grant }) => grant)).toEqual([delegation]);
    const owner = await at(meera);
    const texts: string[] = [];
    for await (const own of myRecords(owner)) texts.push(await textOf((await openOwn(owner, own)).content()));
    expect(texts.slice(0, 2)).toEqual(['heart murmur', 'skin rash']);
    // And it goes on.
    await add(owner, note('written after the restore'));
    expect(await readAll(await at(rao), 'restore')).toEqual(['written after the restore']);
  });
});
