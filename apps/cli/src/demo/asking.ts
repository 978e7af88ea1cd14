import {
  findPatient,
  giveConsent,
  listRequests,
  openFound,
  requestAccess,
  searchWords,
  verifyRequest,
  whoAmI,
} from '@salus/sdk';
import { isFile } from './compare.ts';
import { refusalOf } from './joining.ts';
import { must, type Step, type Story } from './story.ts';

const DAY_MS = 86_400_000;

export const request: Step = {
  name: 'request',
  async run(story) {
    const { rao, meera, operator } = story.people;
    const { number } = await whoAmI(meera);
    const byNumber = await findPatient(rao, { number });
    const byName = await findPatient(rao, { name: ' meera  NAIR ', birthDate: '1980-01-31' });
    must(
      byNumber.account === meera.account && byName.account === meera.account,
      'the patient is found by number and by name',
    );
    const asking = {
      patient: meera.account,
      purpose: 'treatment' as const,
      words: 'Chest pain since Monday',
      groups: ['vitals' as const, 'document' as const],
      until: Date.now() + 30 * DAY_MS,
    };
    story.request = await requestAccess(rao, asking);
    const repeated = await refusalOf(() => requestAccess(rao, asking));
    must(repeated === 'request-repeated', `a repeated request is refused, not ${repeated}`);
    const early = await refusalOf(() => giveConsent(meera, { request: story.request }));
    must(early === 'request-state', `a consent before verification is refused, not ${early}`);
    const [seen] = await listRequests(operator);
    must(
      seen?.words?.text === asking.words && seen.words.email === rao.identity.email,
      'the operator reads who asks and why',
    );
    return { status: seen.status, repeated };
  },
};

export const verifyRequestStep: Step = {
  name: 'verify-request',
  async run(story) {
    await verifyRequest(story.people.operator, story.request);
    const [seen] = await listRequests(story.people.meera);
    must(
      seen?.status === 'verified' && seen.words?.text === 'Chest pain since Monday',
      'the patient reads who asks and why',
    );
    return { status: seen.status };
  },
};

export const consent: Step = {
  name: 'consent',
  async run(story) {
    const { meera, arun } = story.people;
    const other = await refusalOf(() => giveConsent(arun, { request: story.request }));
    must(other === 'consent-not-yours', `consent by someone else is refused, not ${other}`);
    const started = performance.now();
    const { records } = await giveConsent(meera, { request: story.request, delegateTo: ['doctor'] });
    must(records === story.files.length + 1, 'it covers all records that are there');
    return { records, ms: Math.round(performance.now() - started), bySomeoneElse: other };
  },
};

export const search: Step = {
  name: 'search',
  async run(story) {
    const { rao } = story.people;
    const started = performance.now();
    const all = await searchWords(rao, ['story']);
    const ms = performance.now() - started;
    const both = await searchWords(rao, ['story', 'story1'], 'and');
    const any = await searchWords(rao, ['story0', 'story1'], 'or');
    const none = await searchWords(rao, ['story', 'nosuchword'], 'and');
    must(all.length === story.files.length, 'a word finds every record that has it');
    must(both.length === 1 && any.length === 2 && none.length === 0, 'and, or');
    const vitals = await searchWords(rao, ['Vital', 'SIGNS'], 'and');
    must(vitals.length === 1, 'vital signs are found by their title');
    return { matches: all.length, and: both.length, or: any.length, ms: Math.round(ms) };
  },
};

export const open: Step = {
  name: 'open',
  async run(story) {
    const { rao } = story.people;
    const found = await searchWords(rao, ['story']);
    const started = performance.now();
    const opened = await openFound(rao, found, 'treatment');
    const ms = performance.now() - started;
    await filesAreWhole(story, opened);
    must(opened.length === story.files.length, 'every record found is opened');
    return { records: opened.length, openMs: Math.round(ms), wholeMs: Math.round(performance.now() - started) };
  },
};

/** Compares opened records with their files, byte for byte. */
export async function filesAreWhole(story: Story, opened: Awaited<ReturnType<typeof openFound>>): Promise<void> {
  for (const { record, content } of opened) {
    const known = story.files.find((one) => one.record === record);
    must(known && (await isFile(content(), known.file)), `${known?.name ?? record} comes back byte for byte`);
  }
}
