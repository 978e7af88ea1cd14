import { readdir, readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { openPieceReader, type PieceAccess, readBlockLog } from '@salus/node';
import { systemRandom } from '@salus/schemes/keyless';
import { type Content, type Device, runAudit, setUpStorageChecks, tagPieces, verifyAuditIn } from '@salus/sdk';
import { seededRandom } from '@salus/testkit';
import { note } from './sharing.ts';

export const BLOCK_BYTES = 63_488;
const MB = 1024 * 1024;

/** A document of so many megabytes, of which no two are alike; those named are changed. */
export function document(title: string, sizeMb: number, changed: number[] = []): Content {
  return {
    ...note(title),
    body: async function* body() {
      for (let i = 0; i < sizeMb; i++) yield seededRandom(`${title} ${i} ${changed.includes(i)}`)(MB);
    },
  } as Content;
}

/** Storage checks of a node in `home`, set up and with everything tagged. */
export async function checked(home: string, operator: Device) {
  await setUpStorageChecks(operator);
  const tagged = await tagPieces(operator);
  const access = await openPieceReader(join(home, 'node', 'node.json'), home);
  return { access, tagged };
}

/** One audit; what was found by the clouds' names. */
export async function audited(operator: Device, { read }: PieceAccess, sample?: number) {
  const { audit, judged } = await runAudit(operator, { read, ...(sample && { sample }) });
  return { audit, judged, found: Object.fromEntries(judged.map(({ cloud, finding }) => [cloud, finding])) };
}

/** An audit judged again as on another machine: from a copy of the ledger's file and what the clouds give. */
export const verifiedElsewhere = (home: string, { read }: PieceAccess, audit?: string) =>
  verifyAuditIn(readBlockLog(join(home, 'node', 'ledger', 'blocks.log')), {
    ...{ read, random: systemRandom },
    ...(audit && { audit }),
  });

/** The files of a folder store's pieces. */
export async function objectsIn(home: string, store: number): Promise<string[]> {
  const entries = await readdir(join(home, 'clouds', String(store), 'objects'), {
    recursive: true,
    withFileTypes: true,
  });
  return entries
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .sort();
}

/** How many blocks lie in a store. */
export async function blocksIn(home: string, store: number): Promise<number> {
  const sizes = await Promise.all((await objectsIn(home, store)).map(async (file) => (await stat(file)).size));
  return sizes.reduce((sum, size) => sum + Math.ceil(size / BLOCK_BYTES), 0);
}

/** Drops so many blocks of a store, drawn by a seed: zeros lie where they were. Gives how many blocks it has. */
export async function dropBlocks(home: string, store: number, count: number, seed: string): Promise<number> {
  const files = await objectsIn(home, store);
  const blocks: { file: string; index: number }[] = [];
  for (const file of files) {
    const { length } = await readFile(file);
    for (let index = 0; index * BLOCK_BYTES < length; index++) blocks.push({ file, index });
  }
  const random = seededRandom(seed);
  for (let left = count; left > 0; left--) {
    const at = new DataView(random(4).slice().buffer).getUint32(0) % blocks.length;
    const [{ file, index }] = blocks.splice(at, 1) as [{ file: string; index: number }];
    const object = await readFile(file);
    object.subarray(index * BLOCK_BYTES, (index + 1) * BLOCK_BYTES).fill(0);
    await writeFile(file, object);
  }
  return blocks.length + count;
}
