import { createReadStream, createWriteStream } from 'node:fs';
import { mkdir, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { addRecords, type Content, myRecords, openOwn, updateRecord, vitalsContent } from '@salus/sdk';
import { contentOfFile, filesBelow } from '../files.ts';
import { isFile } from './compare.ts';
import { must, SHARED_TOPIC, type Step, type Story } from './story.ts';

export const seal: Step = {
  name: 'seal',
  async run(story) {
    const { meera } = story.people;
    const found = await filesBelow(story.filesDirectory);
    const started = performance.now();
    let sentBytes = 0;
    let i = 0;
    for await (const added of addRecords(meera, contentsOf(found))) {
      const { file, name } = found[i]!;
      sentBytes += added.sentBytes;
      story.files.push({
        file,
        name,
        record: added.record,
        sizeBytes: 0,
        topics: added.topics,
        words: added.words,
      });
      i++;
    }
    const ms = performance.now() - started;
    must(story.files.length === found.length, 'every file becomes a record');
    for await (const _ of addRecords(meera, [
      vitalsContent(
        { systolic: '128', diastolic: '82', pulse: '71', temperature: { value: '36.8', unit: '°C' } },
        Date.now(),
      ),
    ]));
    for (const known of story.files) {
      known.sizeBytes = (await stat(known.file)).size;
    }
    const edit = await editLargest(story);
    const bytes = story.files.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0);
    return {
      files: found.length,
      bytes,
      sentBytes,
      ms: Math.round(ms),
      mbPerS: Math.round(bytes / ms / 10) / 100,
      ...edit,
    };
  },
};

async function* contentsOf(found: { file: string; name: string }[]): AsyncGenerator<Content> {
  for (const [i, { file, name }] of found.entries()) {
    yield await contentOfFile(file, { name, topics: i % 2 === 0 ? [SHARED_TOPIC] : [], words: [`story${i}`, 'story'] });
  }
}

/** Inserts twelve bytes into the middle of a copy of the largest file and saves it as a new version. */
async function editLargest(story: Story): Promise<Record<string, unknown>> {
  const largest = story.files.reduce((a, b) => (b.sizeBytes > a.sizeBytes ? b : a));
  const edited = join(story.home, 'edited', 'edited.bin');
  await mkdir(dirname(edited), { recursive: true });
  await insert(largest.file, edited, Math.floor(largest.sizeBytes / 2), Buffer.from('twelve bytes'));
  const content = await contentOfFile(edited, {
    name: largest.name,
    title: largest.name.slice(-200),
    topics: largest.topics,
    words: largest.words,
  });
  const updated = await updateRecord(story.people.meera, largest.record, content);
  largest.file = edited;
  const limit = Math.max(3 * 1024 * 1024, largest.sizeBytes / 4);
  must(updated.version === 2 && updated.sentBytes <= limit, `only the change travels, not ${updated.sentBytes} bytes`);
  return { editedBytes: largest.sizeBytes, editSentBytes: updated.sentBytes };
}

/** A copy of a file with bytes put in at a place, streamed: files of this story may be larger than memory. */
async function insert(file: string, copy: string, at: number, bytes: Buffer): Promise<void> {
  async function* edited() {
    if (at > 0) yield* createReadStream(file, { end: at - 1 });
    yield bytes;
    yield* createReadStream(file, { start: at });
  }
  await pipeline(edited(), createWriteStream(copy));
}

/** Opens every file as its owner and compares it byte for byte. */
export async function ownFilesAreWhole(story: Story): Promise<number> {
  const expected = new Map(story.files.map((known) => [known.record, known]));
  let compared = 0;
  for await (const own of myRecords(story.people.meera)) {
    const known = expected.get(own.record);
    if (!known) continue;
    const { content } = await openOwn(story.people.meera, own);
    must(await isFile(content(), known.file), `${known.name} comes back byte for byte`);
    compared++;
  }
  must(compared === story.files.length, 'every file is listed');
  return compared;
}
