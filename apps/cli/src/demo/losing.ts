import { open, readdir, rename } from 'node:fs/promises';
import { join } from 'node:path';
import { cloudStatus, openRecords, repairClouds, searchDelegated } from '@salus/sdk';
import { filesAreWhole } from './asking.ts';
import { ownFilesAreWhole } from './sealing.ts';
import { must, SHARED_TOPIC, type Step, type Story } from './story.ts';

const storeFolder = (story: Story, i: number) => join(story.home, 'clouds', String(i));

export const cloudLost: Step = {
  name: 'cloud-lost',
  async run(story) {
    const lost = [2, 5];
    for (const i of lost) await rename(storeFolder(story, i), `${storeFolder(story, i)}.away`);
    try {
      const started = performance.now();
      const files = await ownFilesAreWhole(story);
      const opened = await openRecords(
        story.people.shah,
        await searchDelegated(story.people.shah, SHARED_TOPIC),
        'second-opinion',
      );
      await filesAreWhole(story, opened);
      return { lost: lost.length, of: 6, files, delegated: opened.length, ms: Math.round(performance.now() - started) };
    } finally {
      for (const i of lost) await rename(`${storeFolder(story, i)}.away`, storeFolder(story, i));
    }
  },
};

export const cloudDamaged: Step = {
  name: 'cloud-damaged',
  async run(story) {
    const damaged = (await damage(storeFolder(story, 1))) + (await damage(storeFolder(story, 4)));
    must(damaged > 0, 'there is something to damage');
    const files = await ownFilesAreWhole(story);
    return { damaged, files };
  },
};

/** Flips a byte in the middle of every third object of a store. Gives how many. */
async function damage(folder: string): Promise<number> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const objects = entries
    .filter((entry) => entry.isFile() && /^[0-9a-f]{64}/.test(entry.name))
    .map((entry) => join(entry.parentPath, entry.name));
  let count = 0;
  for (const object of objects.sort().filter((_, i) => i % 3 === 0)) {
    const handle = await open(object, 'r+');
    try {
      const at = Math.floor((await handle.stat()).size / 2);
      const { buffer } = await handle.read(Buffer.alloc(1), 0, 1, at);
      await handle.write(Buffer.of(buffer[0]! ^ 0xff), 0, 1, at);
      count++;
    } finally {
      await handle.close();
    }
  }
  return count;
}

export const repaired: Step = {
  name: 'repaired',
  async run(story) {
    const { operator } = story.people;
    const started = performance.now();
    const first = await repairClouds(operator);
    const second = await repairClouds(operator);
    must(first.failed === 0 && second.damaged + second.missing + second.failed === 0, 'a second look finds nothing');
    const { degraded, stripes } = await cloudStatus(operator);
    must(degraded === 0, 'no stripe is degraded');
    return { ...first, stripes, degraded, ms: Math.round(performance.now() - started) };
  },
};
