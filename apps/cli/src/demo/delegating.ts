import { delegate, openRecords, previewDelegation, searchDelegated, searchWords, underGrants } from '@salus/sdk';
import { filesAreWhole } from './asking.ts';
import { refusalOf } from './joining.ts';
import { must, SHARED_TOPIC, type Step, type Story } from './story.ts';

const DAY_MS = 86_400_000;
const sharedFiles = (story: Story) => story.files.filter(({ topics }) => topics.includes(SHARED_TOPIC));

export const delegateStep: Step = {
  name: 'delegate',
  async run(story) {
    const { rao, shah } = story.people;
    const delegating = { to: shah.account, topic: SHARED_TOPIC, until: Date.now() + 7 * DAY_MS };
    const preview = await previewDelegation(rao, delegating);
    must(preview.records === sharedFiles(story).length, 'the preview says how many records it covers');
    const started = performance.now();
    const made = await delegate(rao, delegating);
    story.delegation = made.delegation;
    return { covers: preview.records, patients: made.patients.length, ms: Math.round(performance.now() - started) };
  },
};

export const delegateSearch: Step = {
  name: 'delegate-search',
  async run(story) {
    const started = performance.now();
    const found = await searchDelegated(story.people.shah, SHARED_TOPIC);
    must(found.length === sharedFiles(story).length, 'the colleague finds exactly what the topic covers');
    return { matches: found.length, ms: Math.round(performance.now() - started) };
  },
};

export const delegateOpen: Step = {
  name: 'delegate-open',
  async run(story) {
    const found = await searchDelegated(story.people.shah, SHARED_TOPIC);
    const started = performance.now();
    const opened = await openRecords(story.people.shah, found, 'second-opinion');
    const ms = performance.now() - started;
    await filesAreWhole(story, opened);
    return { records: opened.length, openMs: Math.round(ms) };
  },
};

export const delegateRefused: Step = {
  name: 'delegate-refused',
  async run(story) {
    const { rao, shah } = story.people;
    const otherTopic = await refusalOf(() => searchDelegated(shah, 'document'));
    must(otherTopic === 'not-covered', `another topic is not covered, not ${otherTopic}`);
    const [covered] = await searchDelegated(shah, SHARED_TOPIC);
    const outside = (await searchWords(rao, ['story'])).find(
      ({ record }) => !sharedFiles(story).some((file) => file.record === record),
    );
    must(covered && outside, 'there is a record outside the topic');
    // Even told everything but the key: the doctor's slot, the entry's secret, a row of the delegation.
    const [told] = await underGrants(rao, [outside]);
    const stolen = await refusalOf(() =>
      openRecords(shah, [{ ...told!, grant: covered.grant, rowKey: covered.rowKey! }], 'other'),
    );
    must(stolen === 'slot-refused', `a record outside the topic is refused, not ${stolen}`);
    return { otherTopic, outside: stolen };
  },
};
