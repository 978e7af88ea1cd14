import { randomBytes } from 'node:crypto';
import { addRecords, type Content, type Device, searchWords } from '@salus/sdk';
import type { Report } from './runner/figure.ts';
import { Hospital } from './runner/hospital.ts';
import { quantile, timesMs } from './runner/measure.ts';
import { Peks } from './runner/peks.ts';

const SIZES = [10_000, 100_000, 1_000_000];
const MATCHES = 20;
const WORD = 'needle';
const RUNS = 100;
const PEKS_ENTRIES = 10_000;

/** One word with twenty matches through the API, in stores of growing size; the work should follow the matches. */
export async function run(report: Report): Promise<void> {
  const hospital = await Hospital.found();
  try {
    const [patient, doctor] = [await hospital.join('patient', 'meera'), await hospital.join('doctor', 'rao')];
    for await (const _ of addRecords(patient, Array.from({ length: MATCHES }, content)));
    await hospital.consent(patient, doctor);
    let filled = 0;
    for (const n of SIZES) {
      await fill(patient, n - filled);
      filled = n;
      const times = await timesMs(RUNS, async () => {
        const found = await searchWords(doctor, [WORD]);
        if (found.length !== MATCHES) throw new Error(`${found.length} matches`);
      });
      report({ who: 'salus', metric: 'p95_ms', value: quantile(times, 0.95), n });
    }
  } finally {
    await hospital.close();
  }
  await theirs(report);
}

const content = (_: unknown, i: number): Content => ({
  kind: 'document',
  title: `Note ${i}`,
  mediaType: 'application/octet-stream',
  words: [WORD],
  body: async function* body() {
    yield new TextEncoder().encode(`note ${i}`);
  },
});

const ENTRY_BYTES = 336;
const PER_REQUEST = 16_000;

/** Entries as other people's are to this reader: random labels, random bytes. */
async function fill(device: Device, count: number): Promise<void> {
  for (let left = count; left > 0; left -= PER_REQUEST) {
    const entries = Array.from({ length: Math.min(left, PER_REQUEST) }, () => ({
      label: new Uint8Array(randomBytes(32)),
      value: new Uint8Array(randomBytes(ENTRY_BYTES)),
    }));
    await device.upload('putSlots', { records: [], locks: [], channels: [], entries });
  }
}

/** Public-key search as first published: the server tries every entry with a pairing. One run takes half a minute. */
async function theirs(report: Report): Promise<void> {
  const peks = await Peks.create();
  const entries = Array.from({ length: PEKS_ENTRIES }, (_, i) => peks.encrypt(i < MATCHES ? WORD : `hay${i % 50}`));
  const trapdoor = peks.trapdoor(WORD);
  const start = performance.now();
  const found = entries.filter((entry) => peks.test(entry, trapdoor)).length;
  if (found !== MATCHES) throw new Error(`${found} matches`);
  const value = performance.now() - start;
  report({ who: 'PEKS (Boneh et al. 2004)', metric: 'p95_ms', value, n: PEKS_ENTRIES, runs: 1 });
}
