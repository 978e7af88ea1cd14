import { letManyBeMade } from '@salus/cli/collector';
import { addRecords, type Content } from '@salus/sdk';
import type { Report } from './runner/figure.ts';
import { Hospital } from './runner/hospital.ts';

const RECORDS = 1_000;
// With the default one, eight padded slots for who may share.
const TOPICS = ['cardiology', 'diabetes'];

/** A consent that opens a thousand existing records to a new doctor: slots, locks and search entries for each, then the consent. */
export async function run(report: Report): Promise<void> {
  const hospital = await Hospital.found();
  try {
    const patient = await hospital.join('patient', 'meera');
    for await (const _ of addRecords(patient, Array.from({ length: RECORDS }, content)));
    letManyBeMade();
    for (const [name, delegateTo] of [
      ['sharing', ['doctor']],
      ['reading', []],
    ] as const) {
      const doctor = await hospital.join('doctor', name);
      const start = performance.now();
      const { records } = await hospital.consent(patient, doctor, [...delegateTo]);
      if (records !== RECORDS) throw new Error(`${records} records were opened`);
      report({
        who: 'salus',
        metric: 'total_ms',
        value: performance.now() - start,
        n: RECORDS,
        may_share: delegateTo.length,
      });
    }
  } finally {
    await hospital.close();
  }
}

// Data type and month are topics too: four in all.
const content = (_: unknown, i: number): Content => ({
  kind: 'document',
  title: `Note ${i}`,
  mediaType: 'application/octet-stream',
  topics: TOPICS,
  body: async function* body() {
    yield new TextEncoder().encode(`note ${i}`);
  },
});
