import { join } from 'node:path';
import { routes } from '@salus/api';
import { type Bytes, hex } from '@salus/base';
import { fieldGroupSchema, parseOperation, purposeSchema, roleSchema } from '@salus/contracts';
import { parseBlock } from '@salus/ledger';
import {
  type Device,
  giveConsent,
  logIn,
  myRecord,
  openRecords,
  refuseRequest,
  revokeConsent,
  revokeDevice,
  searchDelegated,
  showCode,
} from '@salus/sdk';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { Hospital, type Person } from '../src/hospital.ts';
import { doctorProfile, PASSWORD, patientProfile } from '../src/people.ts';
import { refusal } from '../src/refusal.ts';
import { add, consented, delegated, note, readAll, verifiedRequest } from '../src/sharing.ts';
import { filesBelow } from '../src/storedBytes.ts';

const TEXT = 'Suspected sarcoidosis, biopsy on Thursday';

let hospital: Hospital;
let people: Person[];
/** Text of every error that any caller got, and of what the node answers to anybody. */
let told: string[];
let secretBytes: Map<string, Bytes>;

beforeAll(async () => {
  told = [];
  const fetched = globalThis.fetch;
  vi.spyOn(globalThis, 'fetch').mockImplementation(async (...given) => {
    const response = await fetched(...given);
    if (!response.ok) told.push(Buffer.from(await response.clone().arrayBuffer()).toString('latin1'));
    return response;
  });
  hospital = await Hospital.open({ logLevel: 'debug' });
  await wholeStory();
  for (const path of ['/health', '/metrics', '/api/openapi.json', '/api/v1/network', '/api/v1/ledger/head'])
    told.push(await (await fetch(`${hospital.url}${path}`)).text());
});
afterAll(async () => {
  vi.restoreAllMocks();
  await hospital.stop();
});

async function wholeStory(): Promise<void> {
  const [meera, rao, shah] = [
    await hospital.patient('Meera Nair'),
    await hospital.doctor('Arjun Rao'),
    await hospital.doctor('Nila Shah'),
  ];
  people = [meera, rao, shah];
  const [{ record } = { record: '' }] = await add(
    meera.device,
    note(TEXT, { topics: ['sarcoidosis'], words: ['biopsy'] }),
  );
  await refuseRequest(meera.device, await verifiedRequest(hospital, rao.device, meera.device), 'Not for this reason');
  await consented(hospital, rao.device, meera.device);
  await delegated(hospital, rao.device, shah.device, 'sarcoidosis');
  expect(await readAll(rao.device, 'sarcoidosis')).toEqual([TEXT]);
  await openRecords(shah.device, await searchDelegated(shah.device, 'sarcoidosis'), 'second-opinion');
  await everythingGoesWrong(meera, rao);
  const { secret, origin } = await myRecord(meera.device, record);
  const phone = await hospital.signIn(meera);
  secretBytes = new Map([
    ['M', secret.M],
    ['K', secret.K],
    ['r', secret.r],
    ['z', origin.z],
    ['kappa', origin.kappa],
    ...people.flatMap(({ device, code }, i) => secretsOf(device, code, String(i))),
    ...secretsOf(phone, meera.code, 'phone'),
  ]);
  await revokeDevice(meera.device, phone.identity.device.id, PASSWORD);
}

/** Errors that had every chance to quote what they were given. */
async function everythingGoesWrong(meera: Person, rao: Person): Promise<void> {
  const { device } = meera;
  const again = { ...patientProfile('Meera Nair'), email: 'second@hospital.example' };
  expect(await refusal(() => hospital.register(again))).toBe('already-registered');
  expect(await refusal(() => hospital.register(doctorProfile('Meera Nair')))).toBe('email-taken');
  expect(await refusal(() => logIn(hospital.surroundings(), meera.email, 'a wrong password', meera.code))).toBe(
    'login-refused',
  );
  expect(await refusal(() => giveConsent(rao.device, { request: 'f'.repeat(32) }))).toBe('request-unknown');
  expect(await refusal(() => revokeConsent(device, device.account))).toBe('grant-unknown');
  for (const name of Object.keys(routes)) {
    const wrong = { name: 'Meera Nair', password: PASSWORD, code: showCode(meera.code), text: TEXT };
    await device.client
      .call(name as 'submit', wrong as never, { account: 'Meera Nair', record: TEXT, group: 'x' })
      .catch(() => {});
  }
}

const secretsOf = ({ identity }: Device, code: Bytes, whose: string): [string, Bytes][] => [
  [`code of ${whose}`, code],
  [`device seed of ${whose}`, identity.device.seed],
  [`sign-in seed of ${whose}`, identity.keyring.signIn.seed],
  ...identity.keyring.roots.map(({ root }, i): [string, Bytes] => [`root ${i} of ${whose}`, root]),
];

/** Words that say who somebody is or what they have. */
const words = (): string[] => [
  PASSWORD,
  'a wrong password',
  ...people.map(({ code }) => showCode(code)),
  ...[
    'Meera Nair',
    'Arjun Rao',
    'Nila Shah',
    'Meera',
    'Nair',
    'Arjun',
    'Nila',
    'hospital.example',
    '+91 98',
    'Lake Road',
    '1984-03-02',
    'KL-20331',
  ],
  ...['sarcoidosis', 'biopsy', 'Thursday', 'note.txt', 'Not for this reason', 'Chest pain', 'Cardiology'],
];

const formsOf = (bytes: Buffer): Buffer[] => [
  bytes,
  Buffer.from(bytes.toString('hex')),
  Buffer.from(bytes.toString('base64').replace(/=+$/, '')),
  Buffer.from(bytes.toString('base64url')),
];

/** What of all this stands in some bytes; among random ones, words too short to be there by chance alone. */
function leaksIn(place: Buffer, shortest = 1): string[] {
  const lower = Buffer.from(place.toString('latin1').toLowerCase(), 'latin1');
  const spoken = words().filter((word) => word.length >= shortest && lower.includes(word.toLowerCase()));
  const held = [...secretBytes].filter(([, bytes]) => formsOf(Buffer.from(bytes)).some((form) => place.includes(form)));
  return [...spoken, ...held.map(([name]) => name)];
}

/** In some megabytes of ciphertext a word of this length is met once in ten thousand runs. */
const AMONG_RANDOM = 6;

describe('names, words, passwords, codes and keys of a whole story', () => {
  it('are found where they are: the search itself works', () => {
    expect(leaksIn(Buffer.from(`… ${PASSWORD} … ${hex(secretBytes.get('K')!)}`))).toEqual([PASSWORD, 'K']);
  });

  it('stand in no line of the log', async () => {
    const log = Buffer.concat(await filesBelow(join(hospital.home, 'node', 'log')));
    expect(log.length).toBeGreaterThan(0);
    expect(leaksIn(log)).toEqual([]);
  });

  it('stand in no error, and in nothing that anybody may ask for', () => {
    expect(told.length).toBeGreaterThan(30);
    for (const answer of told) expect(leaksIn(Buffer.from(answer, 'latin1')), answer.slice(0, 300)).toEqual([]);
  });

  it('stand neither in the ledger, the database, nor in any cloud', async () => {
    for (const folder of ['node/ledger', 'clouds'])
      for (const file of await filesBelow(join(hospital.home, folder))) expect(leaksIn(file, AMONG_RANDOM)).toEqual([]);
    const stored = Buffer.concat(
      (await filesBelow(join(hospital.home, 'node'))).filter((file) => file.includes('SQLite')),
    );
    expect(stored.length).toBeGreaterThan(0);
    expect(leaksIn(stored, AMONG_RANDOM)).toEqual([]);
  });

  it('nor do the node’s own secrets stand outside of its key file', async () => {
    const { secrets } = hospital.node.context;
    for (const folder of ['node/log', 'node/ledger', 'clouds'])
      for (const file of await filesBelow(join(hospital.home, folder)))
        for (const secret of Object.values(secrets).filter((one) => one instanceof Uint8Array))
          for (const form of formsOf(Buffer.from(secret))) expect(file.includes(form)).toBe(false);
  });
});

describe('the block log', () => {
  it('holds ids, times, codes of closed lists and bytes of fixed lengths, and nothing anybody could read', async () => {
    const closed = new Set<string>([
      '',
      ...roleSchema.options,
      ...fieldGroupSchema.options,
      ...purposeSchema.options,
      'doctor',
      'institute',
    ]);
    const lengths = new Set<number>();
    let operations = 0;
    const check = (value: unknown): void => {
      if (typeof value === 'string') expect(closed.has(value) || /^[0-9a-f]{32}$/.test(value), value).toBe(true);
      else if (value instanceof Uint8Array) lengths.add(value.length);
      else if (value !== null && typeof value === 'object') for (const part of Object.values(value)) check(part);
      else expect(['number', 'boolean']).toContain(typeof value);
    };
    for await (const bytes of hospital.node.context.ledger.blocks(1)) {
      for (const one of parseBlock(bytes).operations) {
        operations++;
        check(parseOperation(one).operation.body);
      }
    }
    expect(operations).toBeGreaterThan(15);
    // Hashes and commitments, B, c1 and A, proofs of possession, box keys.
    expect([...lengths].sort((a, b) => a - b)).toEqual([32, 48, 96, 208, 1_216]);
  });
});
