import { join } from 'node:path';
import { type Opened, openFound, openRecords, searchDelegated, searchWords } from '@salus/sdk';
import { type Command, textOf } from '../command.ts';
import { cliError } from '../errors.ts';
import { writeContent } from '../files.ts';
import { purposeOf } from '../purpose.ts';
import { fileFor } from './record.ts';

export const search: Command = {
  name: 'search',
  summary: 'Find records by words, or those shared by a topic; --open writes them to a folder',
  usage: 'WORD… [--any] | --topic TOPIC  [--open DIR --purpose treatment]',
  example: 'salus search lipids 2026 --open charts --profile rao',
  options: {
    any: { type: 'boolean', help: 'any of the words instead of all' },
    topic: { type: 'string', help: 'what a colleague shared with me by this topic' },
    open: { type: 'string', help: 'open what is found and write it below this folder' },
    purpose: { type: 'string', help: 'treatment, second-opinion, research, administration or other' },
  },
  async *run({ positionals: words, values, io }) {
    const topic = textOf(values, 'topic');
    if (words.length === 0 && !topic) throw cliError('argument-missing', { argument: 'WORD' });
    const device = await io.device();
    const folder = textOf(values, 'open');
    if (topic) {
      const found = await searchDelegated(device, topic);
      if (!folder) for (const { record, group, grant } of found) yield { record, group, delegation: grant };
      else yield* written(await openRecords(device, found, purposeOf(values)), folder);
      return;
    }
    const found = await searchWords(device, words, values.any ? 'or' : 'and');
    if (!folder) for (const { record, group, author } of found) yield { record, group, patient: author };
    else yield* written(await openFound(device, found, purposeOf(values)), folder);
  },
};

async function* written(opened: Opened[], folder: string) {
  for (const { record, card, content, patient } of opened) {
    const file = join(folder, `${record.slice(0, 8)}-${fileFor(card.fileName, record)}`);
    await writeContent(content(), file);
    yield { ok: true, record, title: card.title, patient, file, sizeBytes: card.sizeBytes };
  }
}
