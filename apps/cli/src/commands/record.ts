import { join } from 'node:path';
import {
  addRecords,
  type Content,
  everythingShared,
  myRecord,
  myRecords,
  openFound,
  openOwn,
  storedForm,
  updateRecord,
  vitalsContent,
} from '@salus/sdk';
import { type Command, listOf, textOf, type Values } from '../command.ts';
import { cliError } from '../errors.ts';
import { contentOfFile, writeContent } from '../files.ts';
import { purposeOf } from '../purpose.ts';

const VITALS_OPTIONS = {
  'medical-centre': { type: 'string', help: 'where it was measured' },
  'blood-group': { type: 'string', help: 'A+ … 0-' },
  'blood-pressure': { type: 'string', help: 'systolic/diastolic in mmHg, such as 128/82' },
  pulse: { type: 'string', help: 'beats a minute' },
  temperature: { type: 'string', help: 'with its unit, such as 36.8C or 98.2F' },
  laboratory: { type: 'string', multiple: true, help: 'NAME=VALUE UNIT, repeatable' },
  confirm: { type: 'boolean', help: 'unusual values are right' },
} as const;

export const recordAdd: Command = {
  name: 'record add',
  summary: 'Protect files or vital signs on this device and save them',
  usage: 'FILE… | --blood-pressure 128/82 --pulse 71 …',
  example: 'salus record add lipids.pdf --topic cardiology --word "Dr Rao"',
  options: {
    ...VITALS_OPTIONS,
    title: { type: 'string', help: 'title (default: the file’s name)' },
    topic: { type: 'string', multiple: true, help: 'topic it may be shared by, repeatable' },
    word: { type: 'string', multiple: true, help: 'word it is found by, repeatable' },
  },
  async *run({ positionals, values, io }) {
    const device = await io.device();
    for await (const added of addRecords(device, contents(positionals, values))) yield { ok: true, ...added };
  },
};

async function* contents(files: string[], values: Values): AsyncGenerator<Content> {
  const title = textOf(values, 'title');
  const more = { topics: listOf(values, 'topic'), words: listOf(values, 'word'), ...(title ? { title } : {}) };
  for (const file of files) yield await contentOfFile(file, more);
  if (files.length > 0) return;
  yield {
    ...vitalsContent(vitalsOf(values), Date.now(), values.confirm === true),
    topics: more.topics,
    words: more.words,
  };
}

function vitalsOf(values: Values): Record<string, unknown> {
  const pressure = textOf(values, 'blood-pressure')?.split('/');
  if (pressure && pressure.length !== 2)
    throw cliError('argument-wrong', { why: 'Blood pressure is two numbers, such as 128/82.' });
  const temperature = /^([\d.,]+)\s*(.*)$/.exec(textOf(values, 'temperature') ?? '');
  const laboratory = (values.laboratory as string[] | undefined)?.map((test) => {
    const [, name = '', value = '', unit = ''] = /^([^=]+)=\s*(\S+)\s*(.*)$/.exec(test) ?? [];
    if (!name) throw cliError('argument-wrong', { why: `${test} is not NAME=VALUE UNIT.` });
    return { name, value, unit };
  });
  const given = {
    medicalCentre: textOf(values, 'medical-centre'),
    bloodGroup: textOf(values, 'blood-group'),
    systolic: pressure?.[0],
    diastolic: pressure?.[1],
    pulse: textOf(values, 'pulse'),
    temperature: temperature ? { value: temperature[1], unit: temperature[2] } : undefined,
    laboratory,
  };
  return Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined));
}

export const recordList: Command = {
  name: 'record list',
  summary: 'My records, or with --shared those shared with me',
  usage: '[--shared]',
  example: 'salus record list',
  options: { shared: { type: 'boolean', help: 'what others share with me; their titles show once opened' } },
  async *run({ values, io }) {
    const device = await io.device();
    if (values.shared) {
      const { found, complete } = await everythingShared(device);
      for (const { record, group, author, generation } of found) yield { record, group, patient: author, generation };
      if (!complete)
        yield {
          ok: false,
          warning: 'The server kept something back: a count signed by an author does not fit what was sent.',
        };
      return;
    }
    for await (const { record, group, version, generation, card } of myRecords(device)) {
      const { title, mediaType, sizeBytes, time, topics } = card;
      yield {
        record,
        group,
        title,
        mediaType,
        sizeBytes,
        time: new Date(time).toISOString(),
        version,
        generation,
        topics,
      };
    }
  },
};

export const recordOpen: Command = {
  name: 'record open',
  summary: 'Open a record of mine, or one shared with me, and write its content to a file',
  usage: 'RECORD --out FILE [--purpose treatment]',
  example: 'salus record open 0f1e2d3c4b5a69788796a5b4c3d2e1f0 --out lipids.pdf',
  options: {
    out: { type: 'string', help: 'file to write (default: the record’s own name, here)' },
    purpose: { type: 'string', help: 'treatment, second-opinion, research, administration or other' },
  },
  async *run({ positionals: [record], values, io }) {
    if (!record) throw cliError('argument-missing', { argument: 'RECORD' });
    const device = await io.device();
    if (device.identity.role === 'patient') {
      const own = await myRecord(device, record);
      const { content } = await openOwn(device, own);
      const file = textOf(values, 'out') ?? fileFor(own.card.fileName, record);
      await writeContent(content(), file);
      yield { ok: true, record, file, title: own.card.title, sizeBytes: own.card.sizeBytes };
      return;
    }
    const { found } = await everythingShared(device);
    const [opened] = await openFound(
      device,
      found.filter((one) => one.record === record),
      purposeOf(values),
    );
    const file = textOf(values, 'out') ?? fileFor(opened!.card.fileName, record);
    await writeContent(opened!.content(), file);
    yield { ok: true, record, file, title: opened!.card.title, sizeBytes: opened!.card.sizeBytes };
  },
};

/** A name given by somebody else never leaves this folder. */
export const fileFor = (fileName: string | undefined, record: string): string =>
  join('.', (fileName ?? `${record}.json`).replace(/[/\\]/g, '_').replace(/^\.+/, '_'));

export const recordShow: Command = {
  name: 'record show',
  summary: 'The stored form of a record of mine: what server, clouds and ledger hold',
  usage: 'RECORD',
  example: 'salus record show 0f1e2d3c4b5a69788796a5b4c3d2e1f0 --json',
  async *run({ positionals: [record], io }) {
    if (!record) throw cliError('argument-missing', { argument: 'RECORD' });
    const { record: stored, slots, pieces, entry } = await storedForm(await io.device(), record);
    const short = (bytes: Uint8Array) => `${Buffer.from(bytes).toString('hex').slice(0, 64)}… (${bytes.length} bytes)`;
    yield {
      record,
      version: stored.version.number,
      card: short(stored.version.card),
      ownerBox: short(stored.ownerBox),
      chunks: stored.version.chunks.length,
    };
    const { generation, version, c1, com, bodyRoot, year } = entry;
    yield { ledger: { generation, version, c1: short(c1), com: short(com), bodyRoot: short(bodyRoot), year } };
    for (const { slot, kind, recipient, value } of slots) yield { slot, kind, recipient, value: short(value) };
    for (const piece of pieces) yield { ...piece };
  },
};

export const recordUpdate: Command = {
  name: 'record update',
  summary: 'Save a new version of a record; only what changed travels',
  usage: 'RECORD FILE',
  example: 'salus record update 0f1e2d3c4b5a69788796a5b4c3d2e1f0 lipids.pdf',
  async *run({ positionals: [record, file], io }) {
    if (!record || !file) throw cliError('argument-missing', { argument: record ? 'FILE' : 'RECORD' });
    const device = await io.device();
    const { card } = await myRecord(device, record);
    const content = await contentOfFile(file, { title: card.title, topics: card.topics, words: card.words });
    yield { ok: true, ...(await updateRecord(device, record, content)) };
  },
};
