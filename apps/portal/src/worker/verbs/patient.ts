import {
  addRecords,
  type Content,
  type Device,
  endDelegation,
  giveConsent,
  historyOf,
  listDelegations,
  listRequests,
  myRecord,
  myRecords,
  type OwnRecord,
  openOwn,
  readersOf,
  refuseRequest,
  revokeConsent,
  storedForm,
  updateRecord,
  vitalsContent,
  whereItLies,
} from '@salus/sdk';
import { type Shown, shown } from '../content.ts';
import { doctorsOf } from '../names.ts';
import { tell } from '../news.ts';
import { alone, seated } from '../seat.ts';
import { begin, cancel, end, pause, piecesOf, proceed } from '../uploads.ts';

/** A record as my list shows it. */
export interface Listed {
  record: string;
  group: 'vitals' | 'document';
  title: string;
  mediaType: string;
  sizeBytes: number;
  time: number;
  version: number;
  topics: string[];
}

/** One point of a chart. */
export interface Measured {
  record: string;
  time: number;
  code: string;
  value: number;
  unit: string;
}

const listed = ({ record, group, version, card }: OwnRecord): Listed => {
  const { title, mediaType, sizeBytes, time, topics } = card;
  return { record, group, version, title, mediaType, sizeBytes, time, topics };
};

async function openMine(device: Device, own: OwnRecord): Promise<Shown> {
  const { content } = await openOwn(device, own);
  return shown({ ...own, patient: device.account }, content());
}

/** Values of vital signs that were opened before: a version never changes. */
const opened = new Map<string, Shown>();

async function vitalsOf(device: Device, own: OwnRecord): Promise<Shown> {
  const key = `${own.record}/${own.version}`;
  const known = opened.get(key) ?? (await openMine(device, own));
  opened.set(key, known);
  return known;
}

/** Work that a person can hold and stop under the name of its task. */
function working<Result>(task: string, work: (device: Device) => Promise<Result>): Promise<Result> {
  begin(task);
  return alone(work).finally(() => end(task));
}

/** Tells the page how far the work on one file is. */
function telling(task: string, file: string, sizeBytes: number) {
  const told = { kind: 'progress', task, file, sizeBytes } as const;
  tell({ ...told, step: 'protecting', doneBytes: 0 });
  return (now: { step: string; doneBytes: number }) => tell({ ...told, ...now });
}

/** Adds records, one at a time, so that what is told is about one file. Gives their ids. */
const add = (task: string, contents: (Content & { sizeBytes: number })[]): Promise<string[]> =>
  working(task, async (device) => {
    const ids: string[] = [];
    for (const { sizeBytes, ...content } of contents) {
      const onProgress = telling(task, content.fileName ?? content.title, sizeBytes);
      for await (const { record } of addRecords(device, [content], onProgress)) ids.push(record);
    }
    return ids;
  });

/** A file as the content of a document. */
const contentOf = (file: File, task: string, more: { title: string; topics: readonly string[] }) => ({
  kind: 'document' as const,
  title: (more.title || file.name).slice(-200),
  fileName: file.name.replace(/\p{Cc}/gu, '\u{fffd}').slice(-1_024),
  time: file.lastModified,
  draft: `${file.name} ${file.size} ${file.lastModified}`,
  topics: more.topics,
  sizeBytes: file.size,
  body: () => piecesOf(file, task),
});

/** Verbs of a patient. */
export const patientVerbs = {
  /** Newest first, with how many do not open. */
  async records(): Promise<{ records: Listed[]; unreadable: number }> {
    const records: Listed[] = [];
    let unreadable = 0;
    for await (const own of myRecords(await seated(), () => void unreadable++)) records.unshift(listed(own));
    return { records, unreadable };
  },

  async openRecord(record: string): Promise<Shown> {
    const device = await seated();
    return openMine(device, await myRecord(device, record));
  },

  /** Every number of my vital signs, oldest first. */
  async measurements(): Promise<Measured[]> {
    const device = await seated();
    const points: Measured[] = [];
    for await (const own of myRecords(device)) {
      if (own.group !== 'vitals') continue;
      for (const { code, value, unit } of (await vitalsOf(device, own)).values) {
        const number = Number(value);
        if (code && Number.isFinite(number))
          points.push({ record: own.record, time: own.card.time, code, value: number, unit });
      }
    }
    return points.sort((a, b) => a.time - b.time);
  },

  /** Throws `vitals-implausible` unless confirmed. */
  async addVitals(task: string, given: Record<string, unknown>, time: number, confirmed: boolean): Promise<string[]> {
    return add(task, [{ ...vitalsContent(given, time, confirmed), sizeBytes: 0 }]);
  },

  addDocuments(task: string, files: File[], more: { title: string; topics: string[] }): Promise<string[]> {
    return add(
      task,
      files.map((file) => contentOf(file, task, { ...more, title: files.length === 1 ? more.title : '' })),
    );
  },

  /** Saves another file as the newest version of a document: title and topics stay, and only what changed travels. */
  newVersion(task: string, record: string, file: File): Promise<void> {
    return working(task, async (device) => {
      const { card } = await myRecord(device, record);
      const { sizeBytes, ...content } = contentOf(file, task, card);
      await updateRecord(device, record, { ...content, words: card.words }, telling(task, file.name, sizeBytes));
    });
  },

  pauseUpload: async (task: string): Promise<void> => pause(task),
  resumeUpload: async (task: string): Promise<void> => proceed(task),
  cancelUpload: async (task: string): Promise<void> => cancel(task),

  /** Requests about me, newest first. */
  requestsToMe: async () => listRequests(await seated()),

  giveConsent: (consenting: Parameters<typeof giveConsent>[1]) => alone((device) => giveConsent(device, consenting)),
  refuse: async (request: string, reason: string): Promise<void> => refuseRequest(await seated(), request, reason),

  /** Who can open records of mine now: by my consent, or through somebody who has it. */
  async readers() {
    const device = await seated();
    const [readers, names, passed] = await Promise.all([
      readersOf(device, device.account),
      doctorsOf(device),
      listDelegations(device),
    ]);
    return {
      readers: readers.map(({ account, grant }) => ({ account, ...grant, person: names.get(account) })),
      passed: passed
        .filter(({ status, until }) => status === 'active' && until > device.now())
        .map(({ delegation, from, to, until }) => ({ delegation, from, to, until, person: names.get(from) })),
    };
  },

  stopSharing: (reader: string) => alone((device) => revokeConsent(device, reader).then(() => undefined)),
  endPassing: (delegation: string) => alone((device) => endDelegation(device, delegation).then(() => undefined)),

  /** Everything that concerns me, checked complete on this device; newest first. */
  activity: async () => (await historyOf(await seated())).reverse(),

  storedForm: async (record: string) => storedForm(await seated(), record),
  whereItLies: async (record: string) => whereItLies(await seated(), record),
};
