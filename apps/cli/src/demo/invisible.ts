import {
  addRecords,
  type Content,
  type Device,
  delegate,
  fetchReplies,
  findPatient,
  giveConsent,
  prepareRead,
  requestAccess,
  type Seen,
  searchDelegated,
  searchWords,
  type ToOpen,
  underGrants,
  verifyRequest,
  whoAmI,
  withoutRefresh,
} from '@salus/sdk';
import { anythingRepeats, guessedRight, sameForm } from './classifier.ts';
import { noise } from './madeFiles.ts';
import { ALIKE_TOPIC, must, type Step, type Story } from './story.ts';

const EACH = 32;
/** Chance gives 32 of 64; more than this happens by chance once in 1,200 times. */
const GUESSES_ALLOWED = 44;
/** Where it happened, the second fetch tells chance from a real difference: more than this happens there by chance once in 19 times. */
const GUESSES_CONFIRMING = 38;
const SIZE_BYTES = 2_000;
const DAY_MS = 86_400_000;

/**
 * One reader gets 32 records directly and 32 by delegation, all of one size, each fetched twice, and tries to tell them
 * apart by the replies; then the same without the proxy's refresh, where it must succeed.
 */
export const invisible: Step = {
  name: 'invisible',
  async run(story) {
    const { shah } = story.people;
    await prepareAlike(story);
    const direct = await underGrants(shah, await searchWords(shah, ['direct']));
    const delegated = (await searchDelegated(shah, ALIKE_TOPIC)).slice(0, EACH);
    must(direct.length === EACH && delegated.length === EACH, '32 of each route');
    const fetches = [
      await seenBy(shah, direct),
      await seenBy(shah, delegated),
      await seenBy(shah, direct),
      await seenBy(shah, delegated),
    ];
    const all = fetches.flat();
    must(sameForm(all), 'all replies have one form');
    must(!anythingRepeats(all), 'no E, c2 or lock repeats');
    const [once, byDelegation, again, againByDelegation] = fetches as [Seen[], Seen[], Seen[], Seen[]];
    const right = guessedRight(labelled(once, byDelegation));
    const rightAgain = guessedRight(labelled(again, againByDelegation));
    const weak = withoutRefresh(EACH, (lengthBytes) => story.people.meera.random(lengthBytes));
    const rightWithoutRefresh = guessedRight(labelled(weak.direct, weak.delegated));
    const chance = right <= GUESSES_ALLOWED || rightAgain <= GUESSES_CONFIRMING;
    must(chance, `the routes cannot be told apart: ${right} and ${rightAgain} of 64 guessed`);
    must(rightWithoutRefresh === 2 * EACH, `without the refresh they can: ${rightWithoutRefresh} of 64 guessed`);
    return { replies: all.length, guessed: Math.min(right, rightAgain), guessedWithoutRefresh: rightWithoutRefresh };
  },
};

const labelled = (direct: Seen[], delegated: Seen[]) => [
  ...direct.map((seen) => ({ seen, delegated: false })),
  ...delegated.map((seen) => ({ seen, delegated: true })),
];

/** The colleague has the second patient's consent, and a delegation by the doctor for half of the records. */
async function prepareAlike({ people }: Story): Promise<void> {
  const { arun, rao, shah, operator } = people;
  const contents = Array.from({ length: 2 * EACH }, (_, i) => alike(i));
  for await (const _ of addRecords(arun, contents));
  const { number } = await whoAmI(arun);
  for (const doctor of [rao, shah]) {
    const { account: patient } = await findPatient(doctor, { number });
    const request = await requestAccess(doctor, {
      patient,
      purpose: 'research',
      words: 'A study',
      groups: ['document'],
      until: Date.now() + 30 * DAY_MS,
    });
    await verifyRequest(operator, request);
    await giveConsent(arun, { request, delegateTo: doctor === rao ? ['doctor'] : [] });
  }
  await delegate(rao, {
    to: shah.account,
    topic: ALIKE_TOPIC,
    until: Date.now() + 7 * DAY_MS,
    patients: [arun.account],
  });
}

function alike(i: number): Content {
  const shared = i % 2 === 0;
  return {
    kind: 'document',
    title: 'Sample',
    mediaType: 'application/octet-stream',
    topics: shared ? [ALIKE_TOPIC] : [],
    words: [shared ? 'shared' : 'direct'],
    body: async function* body() {
      yield noise(SIZE_BYTES, i + 1);
    },
  };
}

async function seenBy(reader: Device, asked: ToOpen[]): Promise<Seen[]> {
  const replies = await fetchReplies(reader, await prepareRead(reader, asked, 'research'));
  return replies.map(({ delivered: { E, c2 }, answers }) => ({ E, c2, lock: answers[0]!.value }));
}
