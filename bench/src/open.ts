import { randomBytes } from 'node:crypto';
import { addRecords, type Content, delegate, openRecords, searchDelegated, type ToOpen } from '@salus/sdk';
import type { Report } from './runner/figure.ts';
import { Hospital } from './runner/hospital.ts';
import { median, timesMs } from './runner/measure.ts';

const TOPIC = 'bench';
const RECORDS = 100;
const SIZE_BYTES = 100 * 1024;
const DAY_MS = 86_400_000;

/**
 * Opening delegated records over HTTP, content included: the read is committed to the ledger and on disk, the keeper and the
 * proxy answer, pieces come from four of six stores, everything is checked and decrypted.
 */
export async function run(report: Report): Promise<void> {
  const hospital = await Hospital.found();
  try {
    const [patient, doctor, colleague] = [
      await hospital.join('patient', 'meera'),
      await hospital.join('doctor', 'rao'),
      await hospital.join('doctor', 'shah'),
    ];
    const contents = Array.from({ length: RECORDS }, content);
    for await (const _ of addRecords(patient, contents));
    await hospital.consent(patient, doctor);
    await delegate(doctor, { to: colleague.account, topic: TOPIC, until: Date.now() + DAY_MS });
    const found = await searchDelegated(colleague, TOPIC);
    const open = async (asked: ToOpen[]) => {
      for (const { content } of await openRecords(colleague, asked, 'treatment')) await drain(content());
    };
    const one = await timesMs(RECORDS, (i) => open([found[i % found.length]!]));
    const hundred = await timesMs(5, () => open(found));
    report({ who: 'salus', metric: 'one_ms', value: median(one), n: RECORDS, size_kb: SIZE_BYTES / 1024 });
    report({ who: 'salus', metric: 'hundred_ms', value: median(hundred), n: found.length, size_kb: SIZE_BYTES / 1024 });
  } finally {
    await hospital.close();
  }
}

function content(_: unknown, i: number): Content {
  const bytes = new Uint8Array(randomBytes(SIZE_BYTES));
  return {
    kind: 'document',
    title: `Scan ${i}`,
    mediaType: 'application/octet-stream',
    topics: [TOPIC],
    body: async function* body() {
      yield bytes;
    },
  };
}

async function drain(stream: AsyncIterable<Uint8Array>): Promise<void> {
  let sizeBytes = 0;
  for await (const bytes of stream) sizeBytes += bytes.length;
  if (sizeBytes !== SIZE_BYTES) throw new Error(`a record of ${sizeBytes} bytes came back`);
}
