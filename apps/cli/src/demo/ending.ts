import {
  activityOf,
  answerRead,
  type CommittedRead,
  commitRead,
  endDelegation,
  type Found,
  openFound,
  openRecords,
  prepareRead,
  resume,
  revokeConsent,
  searchDelegated,
  searchWords,
  type ToOpen,
  underGrants,
  verifyLedger,
} from '@salus/sdk';
import { refusalOf } from './joining.ts';
import { ownFilesAreWhole } from './sealing.ts';
import { must, SHARED_TOPIC, type Step, surroundingsOf } from './story.ts';

/** What was written down before the cut-off and not answered yet. */
const waiting: { rao?: CommittedRead; shah?: CommittedRead; covered?: ToOpen[]; found?: Found[] } = {};

export const revoke: Step = {
  name: 'revoke',
  async run(story) {
    const { rao, shah, meera } = story.people;
    waiting.found = await searchWords(rao, ['story']);
    waiting.covered = await searchDelegated(shah, SHARED_TOPIC);
    waiting.rao = await prepareRead(rao, await underGrants(rao, waiting.found.slice(0, 2)), 'treatment');
    waiting.shah = await prepareRead(shah, waiting.covered.slice(0, 2), 'second-opinion');
    await commitRead(rao, waiting.rao);
    await commitRead(shah, waiting.shah);
    const started = performance.now();
    await endDelegation(rao, story.delegation);
    const ended = await refusalOf(() => openRecords(shah, waiting.covered!.slice(0, 1), 'second-opinion'));
    must(ended === 'read-refused', `the colleague is refused once the delegation is ended, not ${ended}`);
    must((await openFound(rao, waiting.found.slice(0, 1), 'treatment')).length === 1, 'the doctor still reads');
    await revokeConsent(meera, rao.account);
    return { ms: Math.round(performance.now() - started) };
  },
};

export const revokedRefused: Step = {
  name: 'revoked-refused',
  async run(story) {
    const { rao, shah } = story.people;
    const { covered, found, rao: doctors, shah: colleagues } = waiting;
    const refusals = {
      colleagueNew: await refusalOf(() => openRecords(shah, covered!.slice(0, 1), 'second-opinion')),
      colleagueAsked: await refusalOf(() => answerRead(shah, colleagues!)),
      colleagueSearch: (await searchDelegated(shah, SHARED_TOPIC)).length,
      doctorNew: await refusalOf(() => openFound(rao, found!.slice(0, 1), 'treatment')),
      doctorAsked: await refusalOf(() => answerRead(rao, doctors!)),
    };
    const { colleagueSearch, ...codes } = refusals;
    must(
      Object.values(codes).every((code) => code === 'read-refused'),
      `all four are refused: ${JSON.stringify(codes)}`,
    );
    must(colleagueSearch === 0, 'the search of the ended delegation finds nothing');
    return refusals;
  },
};

export const log: Step = {
  name: 'log',
  async run({ people }) {
    const activity = await activityOf(people.meera);
    const types = new Set(activity.map(({ operation }) => operation.type));
    for (const type of [
      'account.register',
      'record.commit',
      'request.make',
      'request.verify',
      'consent.give',
      'read.open',
      'delegation.make',
      'delegation.end',
      'consent.revoke',
    ] as const) {
      must(types.has(type), `${type} is in the patient’s log`);
    }
    const reads = activity.filter(({ operation }) => operation.type === 'read.open');
    must(new Set(reads.map(({ operation }) => operation.account)).size === 2, 'both who looked are named');
    return { events: activity.length, reads: reads.length, complete: true };
  },
};

export const verifyLedgerStep: Step = {
  name: 'verify-ledger',
  async run({ people }) {
    const started = performance.now();
    const { height, logSize, stateRoot } = await verifyLedger(people.operator);
    return {
      height,
      operations: logSize,
      stateRoot: Buffer.from(stateRoot).toString('hex'),
      ms: Math.round(performance.now() - started),
    };
  },
};

export const restart: Step = {
  name: 'restart',
  async run(story) {
    const before = await verifyLedger(story.people.operator);
    await story.node.kill();
    const started = performance.now();
    await story.node.start(Number(new URL(story.url).port));
    const ms = performance.now() - started;
    story.people.meera = await resume(surroundingsOf(story, 'meera'));
    story.people.operator = await resume(surroundingsOf(story, 'operator'));
    const after = await verifyLedger(story.people.operator);
    must(
      after.logSize === before.logSize && Buffer.compare(after.stateRoot, before.stateRoot) === 0,
      'the ledger is the same',
    );
    const files = await ownFilesAreWhole(story);
    return { operations: after.logSize, files, startMs: Math.round(ms) };
  },
};
