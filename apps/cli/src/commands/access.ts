import {
  assign,
  delegate,
  endAssignment,
  endDelegation,
  findPatient,
  giveConsent,
  listDelegations,
  listRequests,
  previewDelegation,
  refuseRequest,
  requestAccess,
  revokeConsent,
  verifyRequest,
  withdrawRequest,
} from '@salus/sdk';
import { type Command, listOf, textOf, type Values } from '../command.ts';
import { cliError } from '../errors.ts';
import { letManyBeMade } from '../newObjects.ts';
import { purposeOf } from '../purpose.ts';
import { untilOf } from '../until.ts';

export const assignCommand: Command = {
  name: 'assign',
  summary: 'Put a patient on a doctor’s list, or take them off (operator)',
  usage: 'DOCTOR PATIENT [--end]',
  example: 'salus assign DOCTOR PATIENT --profile operator',
  options: { end: { type: 'boolean', help: 'end the assignment' } },
  async *run({ positionals: [doctor, patient], values, io }) {
    if (!doctor || !patient) throw cliError('argument-missing', { argument: doctor ? 'PATIENT' : 'DOCTOR' });
    await (values.end ? endAssignment : assign)(await io.device(), doctor, patient);
    yield { ok: true, doctor, patient, assigned: !values.end };
  },
};

type Group = 'vitals' | 'document';

function groupsOf(values: Values): Group[] | undefined {
  const given = listOf(values, 'groups');
  const wrong = given.find((group) => group !== 'vitals' && group !== 'document');
  if (wrong) throw cliError('argument-wrong', { why: `${wrong} is not vitals or document.` });
  return given.length > 0 ? (given as Group[]) : undefined;
}

export const request: Command = {
  name: 'request',
  summary: 'Ask a patient for access; without arguments, list requests',
  usage: '--number NUMBER | --name NAME --birth-date DATE, --purpose treatment --words WHY',
  example:
    'salus request --number 482913 --purpose treatment --words "Chest pain since Monday" --until 30d --profile rao',
  options: {
    number: { type: 'string', help: 'patient number' },
    name: { type: 'string', help: 'exact name' },
    'birth-date': { type: 'string', help: 'such as 1984-03-02' },
    purpose: { type: 'string', help: 'treatment, second-opinion, research, administration or other' },
    words: { type: 'string', help: 'why, in words; sealed to patient and operator' },
    groups: { type: 'string', help: 'vitals,document (default: both)' },
    until: { type: 'string', help: '30d or 2027-01-31 (default: 365d)' },
    withdraw: { type: 'string', help: 'withdraw this request' },
  },
  async *run({ values, io }) {
    const device = await io.device();
    const [number, name, birthDate, withdraw] = ['number', 'name', 'birth-date', 'withdraw'].map((option) =>
      textOf(values, option),
    );
    if (withdraw) {
      await withdrawRequest(device, withdraw);
      yield { ok: true, request: withdraw, status: 'withdrawn' };
      return;
    }
    if (!number && !(name && birthDate)) {
      for (const known of await listRequests(device)) yield { ...known, ...known.words, words: undefined };
      return;
    }
    const patient = await findPatient(device, number ? { number } : { name: name!, birthDate: birthDate! });
    const made = await requestAccess(device, {
      patient: patient.account,
      purpose: purposeOf(values),
      words: textOf(values, 'words') ?? '',
      groups: groupsOf(values) ?? ['vitals', 'document'],
      until: untilOf(textOf(values, 'until'), Date.now()),
    });
    yield { ok: true, request: made, patient: patient.account, status: 'waiting' };
  },
};

export const verifyRequestCommand: Command = {
  name: 'verify-request',
  summary: 'Confirm that a request comes from who it says (operator)',
  usage: 'REQUEST',
  example: 'salus verify-request REQUEST --profile operator',
  async *run({ positionals: [asked], io }) {
    if (!asked) throw cliError('argument-missing', { argument: 'REQUEST' });
    await verifyRequest(await io.device(), asked);
    yield { ok: true, request: asked, status: 'verified' };
  },
};

export const consent: Command = {
  name: 'consent',
  summary: 'Answer a request: yes, with scope and period, or no',
  usage: 'REQUEST [--until 30d] [--groups vitals] [--share-with doctor,institute] | --refuse WHY',
  example: 'salus consent REQUEST --until 30d --share-with doctor --profile meera',
  options: {
    until: { type: 'string', help: '30d or 2027-01-31 (default: as asked)' },
    groups: { type: 'string', help: 'vitals,document (default: as asked)' },
    'share-with': { type: 'string', help: 'roles it may be shared with: doctor,institute' },
    'new-only': { type: 'boolean', help: 'only records added from now on' },
    refuse: { type: 'string', help: 'say no; the words go to the doctor' },
  },
  async *run({ positionals: [asked], values, io }) {
    if (!asked) throw cliError('argument-missing', { argument: 'REQUEST' });
    const device = await io.device();
    const refusal = textOf(values, 'refuse');
    if (refusal !== undefined) {
      await refuseRequest(device, asked, refusal);
      yield { ok: true, request: asked, status: 'rejected' };
      return;
    }
    const until = textOf(values, 'until');
    const groups = groupsOf(values);
    letManyBeMade();
    const given = await giveConsent(device, {
      request: asked,
      delegateTo: listOf(values, 'share-with') as ('doctor' | 'institute')[],
      existing: !values['new-only'],
      ...(groups ? { groups } : {}),
      ...(until ? { until: untilOf(until, Date.now()) } : {}),
    });
    yield { ok: true, request: asked, status: 'approved', ...given };
  },
};

export const delegateCommand: Command = {
  name: 'delegate',
  summary: 'Share a topic with a colleague or an institute; without arguments, list',
  usage: 'ACCOUNT TOPIC [--until 30d] [--preview]',
  example: 'salus delegate COLLEAGUE cardiology --until 30d --profile rao',
  options: {
    until: { type: 'string', help: '30d or 2027-01-31 (default: 30d)' },
    preview: { type: 'boolean', help: 'only say what it would cover' },
  },
  async *run({ positionals: [to, topic], values, io }) {
    const device = await io.device();
    if (!to) {
      for (const { opened, ...known } of await listDelegations(device)) yield { ...known, topic: opened?.topic };
      return;
    }
    if (!topic) throw cliError('argument-missing', { argument: 'TOPIC' });
    const delegating = { to, topic, until: untilOf(textOf(values, 'until'), Date.now(), '30d') };
    yield { ok: true, ...(await (values.preview ? previewDelegation : delegate)(device, delegating)) };
  },
};

export const revoke: Command = {
  name: 'revoke',
  summary: 'Stop sharing: with a reader, or one delegation. Works at their next read',
  usage: 'READER | --delegation DELEGATION',
  example: 'salus revoke DOCTOR --profile meera',
  options: { delegation: { type: 'string', help: 'end this delegation' } },
  async *run({ positionals: [reader], values, io }) {
    const device = await io.device();
    const delegation = textOf(values, 'delegation');
    if (!delegation && !reader) throw cliError('argument-missing', { argument: 'READER' });
    if (delegation) await endDelegation(device, delegation);
    else await revokeConsent(device, reader!);
    yield {
      ok: true,
      ...(delegation ? { delegation } : { reader }),
      note: 'What was opened before may have been kept.',
    };
  },
};
