// A patient's device in a process of its own, as people have it. Takes one task at a time from the bench that forked it.
import { open } from 'node:fs/promises';
import { FileStore, writeContent } from '@salus/cli/device';
import { systemRandom } from '@salus/schemes/keyless';
import { addRecords, type Content, type Device, myRecords, openOwn, resume, updateRecord } from '@salus/sdk';
import type { Task, TaskResult } from './deviceTask.ts';

let sentBytes = 0;
const plainFetch = globalThis.fetch;
/** Everything that a request's body carries, counted where it leaves the sdk. */
globalThis.fetch = (input, init) => {
  const body = init?.body;
  if (body instanceof Uint8Array) sentBytes += body.length;
  return plainFetch(input, init);
};

let device: Device | undefined;

const contentOf = (file: string): Content => ({
  kind: 'document',
  title: 'Random',
  mediaType: 'application/octet-stream',
  body: () => piecesOf(file),
});

/** As the command line reads files: into one array. */
async function* piecesOf(file: string): AsyncGenerator<Uint8Array> {
  const handle = await open(file);
  const piece = new Uint8Array(1024 * 1024);
  for (let size = 1; size > 0; ) {
    size = (await handle.read(piece, 0, piece.length)).bytesRead;
    if (size > 0) yield piece.subarray(0, size);
  }
  await handle.close();
}

async function put(patient: Device, file: string): Promise<void> {
  for await (const _ of addRecords(patient, [contentOf(file)]));
}

async function only(patient: Device) {
  for await (const own of myRecords(patient)) return own;
  throw new Error('there is no record');
}

async function get(patient: Device, file: string): Promise<void> {
  const { content } = await openOwn(patient, await only(patient));
  await writeContent(content(), file);
}

async function edit(patient: Device, file: string): Promise<void> {
  await updateRecord(patient, (await only(patient)).record, contentOf(file));
}

async function work(task: Task): Promise<void> {
  if (task.do === 'resume') {
    const store = new FileStore(task.profile);
    device = await resume({ node: task.node, store, random: systemRandom, now: Date.now });
  } else await { put, get, edit }[task.do](device!, task.file);
}

process.on('message', async (task: Task) => {
  try {
    const [start, before] = [performance.now(), sentBytes];
    await work(task);
    process.send!({ seconds: (performance.now() - start) / 1_000, sentBytes: sentBytes - before } satisfies TaskResult);
  } catch (thrown) {
    process.send!({ failed: String(thrown) } satisfies TaskResult);
  }
});

process.on('disconnect', () => process.exit());
