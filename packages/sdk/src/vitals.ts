import { checkShape, type TimeMs } from '@salus/base';
import { vitalsBundle, vitalsInput } from '@salus/record';
import type { Content } from './content.ts';

/** Vital signs typed by hand as a record's content. Throws where a unit is missing or a value cannot be. */
export function vitalsContent(given: unknown, time: TimeMs, confirmed = false): Content {
  const input = checkShape('the vital signs', given, vitalsInput);
  const bytes = vitalsBundle(input, new Date(time).toISOString(), confirmed);
  return {
    kind: 'vitals',
    title: 'Vital signs',
    mediaType: 'application/fhir+json',
    time,
    body: async function* body() {
      yield bytes;
    },
  };
}
