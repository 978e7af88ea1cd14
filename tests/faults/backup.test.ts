import { cp, mkdir, mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { backUp, type RunningNode, restore, startNode } from '@salus/node';
import { systemRandom } from '@salus/schemes/keyless';
import { acceptRestored, myRecords, openOwn, resume, searchDelegated } from '@salus/sdk';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Person } from '../src/hospital.ts';
import { ORGANISATION } from '../src/people.ts';
import { refusal } from '../src/refusal.ts';
import { folderPlace } from '../src/restored.ts';
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
  await backUp(ward.hospital.home, folderPlace(backup));
  await writing;
});
afterAll(async () => {
  await restored?.stop();
  await ward.hospital.stop();
  await rm(folder, { recursive: true, force: true });
});

const at = ({ store }: Person) => resume({ ...ward.hospital.surroundings(store), node: restored!.url });

describe('a backup', () => {
  it('holds nothing of the node in the open', async () => {
    const { secrets } = ward.hospital.node.context;
    const entries = await readdir(backup, { recursive: true, withFileTypes: true });
    const files = entries.filter((entry) => entry.isFile());
    expect(files.length).toBeGreaterThan(8);
    for (const { parentPath, name } of files) {
      const bytes = await readFile(join(parentPath, name));
      for (const secret of Object.values(secrets))
        expect(bytes.includes(Buffer.from(secret as Uint8Array))).toBe(false);
      for (const word of ['SQLite format 3', 'dataShards', ORGANISATION]) expect(bytes.includes(word)).toBe(false);
    }
  });

  it('is refused with a wrong recovery key, into a home that has a node, and from an empty place; nothing is left behind', async () => {
    const home = join(folder, 'refused');
    const { hospital } = ward;
    expect(await refusal(() => restore(home, folderPlace(backup), systemRandom(32)))).toBe('backup-foreign');
    expect(await refusal(() => restore(hospital.home, folderPlace(backup), hospital.recoveryKey))).toBe(
      'folder-not-empty',
    );
    // A folder that is not there may be a disk that is not mounted.
    const nowhere = folderPlace(join(folder, 'nowhere'));
    expect(await refusal(() => restore(home, nowhere, hospital.recoveryKey))).toBe('store-unavailable');
    await mkdir(join(folder, 'empty'));
    const empty = folderPlace(join(folder, 'empty'));
    expect(await refusal(() => restore(home, empty, hospital.recoveryKey))).toBe('backup-none');
    expect(await readdir(home)).toEqual([]);
    expect(await readdir(folder)).not.toContain('nowhere');
  });

  it('restored into an empty home, with the clouds as they are, serves everything as of its moment', async () => {
    const { hospital, meera, rao, shah, delegation } = ward;
    await hospital.node.stop();
    const home = join(folder, 'restored');
    await restore(home, folderPlace(backup), hospital.recoveryKey);
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
