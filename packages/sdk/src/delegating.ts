import { type AccountId, type Bytes, type DelegationId, newId, type TimeMs } from '@salus/base';
import { accountKey, type CommittedRecord, recordKey, relationKey } from '@salus/contracts';
import { topicForm } from '@salus/record';
import {
  channelToken,
  covering,
  type Delegation,
  EVERYTHING,
  openDelegation,
  openEntry,
  rekey,
  sealDelegation,
} from '@salus/schemes/holder';
import { delegationCommitment, rowLabel, sealRow } from '@salus/schemes/keyless';
import type { Device } from './device.ts';
import { sdkError } from './errors.ts';
import { monthOf, monthsBetween, yearOf } from './months.ts';
import type { ToOpen } from './opening.ts';
import { type Found, myChannels, type ReadChannel, searchTopic } from './searching.ts';
import { topicWord } from './searchWriter.ts';

/** What is shared with a colleague or an institute. */
export interface Delegating {
  to: AccountId;
  /** A topic, or "*" for everything. */
  topic: string;
  until: TimeMs;
  /** Only these patients; everyone whose consent allows it unless told. */
  patients?: AccountId[];
}

/** What a delegation would cover, before it is made. */
export interface DelegationPreview {
  patients: AccountId[];
  years: number[];
  records: number;
}

const PATIENTS_LIMIT = 64;
/** Label keys fit a row for two years of months; a longer delegation is renewed. */
const MONTHS_LIMIT = 24;

/** How many records of which patients a delegation would cover now. */
export async function previewDelegation(device: Device, delegating: Delegating): Promise<DelegationPreview> {
  const { patients, years, found } = await plan(device, delegating);
  return { patients, years, records: found.length };
}

interface Plan extends DelegationPreview {
  topic: string;
  found: Found[];
  channels: ReadChannel[];
  keys: { account: AccountId; B: Bytes; boxKey: Bytes };
}

async function plan(device: Device, delegating: Delegating): Promise<Plan> {
  const { client, trust } = device;
  const topic = delegating.topic === EVERYTHING ? EVERYTHING : topicForm(delegating.topic);
  const [to] = await trust.read(client, [accountKey(delegating.to)]);
  const channels = await myChannels(device);
  const authors = delegating.patients ?? [...new Set(channels.map(({ author }) => author))];
  const grants = await trust.read(
    client,
    authors.map((patient) => relationKey(patient, device.account)),
  );
  const patients = authors
    .filter(
      (_, i) =>
        delegating.patients !== undefined ||
        (grants[i]?.grant?.delegateTo as string[] | undefined)?.includes(to?.role ?? ''),
    )
    .slice(0, PATIENTS_LIMIT);
  if (!to || patients.length === 0) throw sdkError('no-patients');
  const found = (await searchTopic(device, topicWord(topic))).filter(({ author }) => patients.includes(author));
  const states = await statesOf(device, found);
  const years = new Set(states.flatMap((state) => (state ? [state.year] : [])));
  for (let year = yearOf(device.time); year <= yearOf(delegating.until); year++) years.add(year);
  return {
    topic,
    patients,
    years: [...years].sort(),
    records: found.length,
    found,
    channels,
    keys: { account: delegating.to, B: to.B, boxKey: to.boxKey },
  };
}

const statesOf = (device: Device, found: readonly Found[]): Promise<(CommittedRecord | undefined)[]> =>
  device.trust.read(
    device.client,
    found.map(({ record, group }) => recordKey(record, group)),
  );

/**
 * Lets somebody open what matches a topic: a re-encryption key per patient and year, in sealed rows that the node can
 * neither read nor use without the delegate. The topic stays between the two. Throws `no-patients`, `delegation-refused`.
 */
export async function delegate(
  device: Device,
  delegating: Delegating,
): Promise<DelegationPreview & { delegation: DelegationId }> {
  const planned = await plan(device, delegating);
  const { topic, patients, years, channels, keys, records } = planned;
  const delegation = newId(device.random);
  const rows = [];
  const secretRows: Delegation['rows'] = [];
  const tokens = tokensOf(device, channels, topic, delegating.until);
  const mine = device.keys()!;
  for (const patient of patients) {
    const labelKeys = tokens
      .filter(({ author }) => author === patient)
      .map(({ channel, epoch, labelKey }) => ({ channel, epoch, labelKey }));
    for (const year of years) {
      const rowKey = device.random(32);
      const { rk1, E } = rekey(mine, { year, scope: patient, topic }, keys.B, device.random);
      rows.push({ label: rowLabel(rowKey), sealed: await sealRow(rowKey, { rk1, E, labelKeys }, device.random) });
      secretRows.push({ patient, year, rowKey });
    }
  }
  const dataKeys = tokens
    .filter(({ author }) => patients.includes(author))
    .map(({ channel, epoch, dataKey }) => ({ channel, epoch, dataKey }));
  const box = await sealDelegation({ delegation, topic, rows: secretRows, dataKeys }, keys.boxKey, device.random);
  const operation = await device.operation('delegation.make', {
    delegation,
    to: delegating.to,
    patients,
    years,
    until: delegating.until,
    commitment: delegationCommitment(rows, box),
  });
  const { receipt } = await device.client.call('delegate', { operation: operation.bytes, rows, box });
  await device.trust.included(operation.bytes, receipt);
  return { delegation, patients, years, records };
}

/** What searches the topic in each channel and month until the delegation ends. */
function tokensOf(device: Device, channels: readonly ReadChannel[], topic: string, until: TimeMs) {
  return channels.flatMap(({ channel, author, epoch, k }) => {
    const last = [monthOf(until), monthsAfter(monthOf(device.time), MONTHS_LIMIT)].sort()[0]!;
    return monthsBetween(epoch, last, MONTHS_LIMIT * 2).map((month) => ({
      channel,
      author,
      epoch: month,
      ...channelToken(k, month, topicWord(topic)),
    }));
  });
}

function monthsAfter(month: string, count: number): string {
  const [year, number] = month.split('-').map(Number) as [number, number];
  const months = year * 12 + number - 1 + count;
  return `${Math.floor(months / 12)}-${String((months % 12) + 1).padStart(2, '0')}`;
}

/** Ends a delegation of mine, or one that names me as a patient: works at the delegate's next read. */
export const endDelegation = (device: Device, delegation: DelegationId) =>
  device.submit('delegation.end', { delegation });

/** Delegations that concern me; those made to me with what they let me find. */
export async function listDelegations(device: Device) {
  const { delegations } = await device.client.call('delegations', {});
  return Promise.all(
    delegations.map(async ({ box, ...known }) => ({
      ...known,
      opened: box ? await openBoxed(device, known.delegation, box) : undefined,
    })),
  );
}

async function openBoxed(device: Device, delegation: string, box: Bytes): Promise<Delegation | undefined> {
  for (const { version } of [...device.identity.keyring.roots].reverse()) {
    const opened = await openDelegation(device.keys(version)!, delegation, box);
    if (opened) return opened;
  }
  return undefined;
}

/**
 * Records under a topic that somebody shared with me, ready to be opened. Throws `not-covered` where no delegation made to
 * me is for the topic; what the node answers for one that has ended is the same as for one without matches.
 */
export async function searchDelegated(device: Device, asked: string): Promise<ToOpen[]> {
  const topic = asked === EVERYTHING ? EVERYTHING : topicForm(asked);
  const made = (await listDelegations(device)).flatMap(({ opened }) => (opened ? [opened] : []));
  const toOpen: ToOpen[] = [];
  for (const delegation of covering(made, topic)) toOpen.push(...(await searchOne(device, delegation)));
  return toOpen;
}

async function searchOne(device: Device, { delegation, rows, dataKeys }: Delegation): Promise<ToOpen[]> {
  // Every row of a patient lists the same chains; one is enough.
  const first = new Map(rows.map((row) => [row.patient, row.rowKey]));
  const { matches } = await device.client.call('searchDelegated', { delegation, rowKeys: [...first.values()] });
  const keys = new Map(dataKeys.map(({ channel, epoch, dataKey }) => [`${channel} ${epoch}`, dataKey]));
  const found = [];
  for (const { channel, epoch, label, value } of matches) {
    const dataKey = keys.get(`${channel} ${epoch}`);
    const entry = dataKey && (await openEntry(dataKey, label, value));
    if (entry?.op === 'add' && entry.topicSlot) found.push(entry);
  }
  const states = await device.trust.read(
    device.client,
    found.map(({ record, group }) => recordKey(record, group as CommittedRecordGroup)),
  );
  return found.flatMap(({ record, group, generation, topicSlot, kappa }, i) => {
    const row = rows.find(({ patient, year }) => patient === states[i]?.patient && year === states[i]?.year);
    return row
      ? [
          {
            record,
            group: group as CommittedRecordGroup,
            generation,
            slot: topicSlot!,
            kappa,
            grant: delegation,
            rowKey: row.rowKey,
          },
        ]
      : [];
  });
}

type CommittedRecordGroup = ToOpen['group'];
