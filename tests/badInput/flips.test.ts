import { CBOR, encodeBody } from '@salus/api';
import type { Bytes } from '@salus/base';
import { createAccount, giveConsent, MemoryStore, myRecords, withdrawRequest } from '@salus/sdk';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { DAY_MS } from '../src/clock.ts';
import { footprint } from '../src/footprint.ts';
import { Hospital, type Person } from '../src/hospital.ts';
import { type Answered, codeOf, send, tokenOf } from '../src/http.ts';
import { anyDevice, cutAt } from '../src/intercepted.ts';
import { PASSWORD, patientProfile } from '../src/people.ts';
import { refusal } from '../src/refusal.ts';
import { add, consented, note, readAll, verifiedRequest } from '../src/sharing.ts';

let hospital: Hospital;
let meera: Person;
let rao: Person;
beforeAll(async () => {
  hospital = await Hospital.open();
  meera = await hospital.patient('Meera Nair');
  rao = await hospital.doctor('Arjun Rao');
});
afterAll(() => hospital.stop());

/** Requests under way at once: the node works on one while the next arrives. */
const BATCH = 16;

/** Sends a body once for every byte of it, that byte flipped, and wants an error of ours and no trace every time. */
async function everyFlipIsRefused(path: string, body: Bytes, token: string, places = [...body.keys()]): Promise<void> {
  const before = await footprint(hospital.node.context);
  const codes = new Set<string>();
  for (let from = 0; from < places.length; from += BATCH) {
    const sent = places.slice(from, from + BATCH).map(async (at) => {
      const flipped = body.slice();
      flipped[at]! ^= 1 << (at % 8);
      const answer = await send(hospital.url, path, { body: flipped, token });
      codes.add(refusalIn(answer, at));
    });
    await Promise.all(sent);
  }
  expect(await footprint(hospital.node.context)).toEqual(before);
  expect(codes).not.toContain('internal');
}

/** An upload of records says for each what became of it. */
function refusalIn(answer: Answered, at: number): string {
  const outcomes = (answer.body as { outcomes?: { error?: object }[] }).outcomes;
  const [outcome] = outcomes ?? [];
  if (outcome?.error) return codeOf({ status: 422, body: outcome.error });
  expect(answer.status, `byte ${at} flipped`).not.toBe(200);
  return codeOf(answer);
}

/** Where a part stands in a body. */
const placesOf = (body: Bytes, part: Bytes): number[] => {
  const from = Buffer.from(body).indexOf(part);
  return Array.from({ length: part.length }, (_, i) => from + i);
};

describe('a single bit flipped', () => {
  it('anywhere in a submitted operation gets an error, and nothing changes', async () => {
    const operation = await rao.device.operation('request.make', {
      request: 'a'.repeat(32),
      patient: meera.device.account,
      purpose: 'treatment',
      commitment: new Uint8Array(32),
      groups: ['document'],
      until: hospital.clock.now() + 30 * DAY_MS,
    });
    const body = encodeBody(CBOR, { operations: [operation.bytes] });
    const token = await tokenOf(rao.device);
    await everyFlipIsRefused('/operations', body, token);
    expect((await send(hospital.url, '/operations', { body, token })).status).toBe(200);
    await withdrawRequest(rao.device, 'a'.repeat(32));
  });

  it('anywhere in a new record’s upload gets an error, its owner’s box apart, and the right one still goes in', async () => {
    const upload = await cutAt(meera.device, 'putRecords', () => add(meera.device, note('A small note')));
    const body = encodeBody(CBOR, upload);
    const token = await tokenOf(meera.device);
    const box = new Set(placesOf(body, upload.records[0]!.envelope!.ownerBox as Bytes));
    const places = [...body.keys()].filter((at) => !box.has(at));
    await everyFlipIsRefused('/records', body, token, places);
    expect((await send(hospital.url, '/records', { body, token })).body).toMatchObject({ outcomes: [{ receipt: {} }] });
    expect((await titles(meera)).shown).toContain('A small note');
  });

  it('anywhere in an upload of slots and entries, where the node can judge it, gets an error', async () => {
    const patient = await hospital.patient('Grants Later');
    await add(patient.device, note('Kept from before', { topics: ['cardiology'] }));
    const request = await verifiedRequest(hospital, rao.device, patient.device);
    const upload = await cutAt(patient.device, 'putSlots', () => giveConsent(patient.device, { request }));
    const body = encodeBody(CBOR, upload);
    const { channels, locks } = upload;
    const judged = [
      channels[0]!.signature,
      (channels[0]!.encapsulation as Bytes).subarray(0, 64),
      locks[0]!.signature,
      locks[0]!.box,
    ];
    // Opening a box that was flipped costs the node 4 ms; every third byte meets each of its parts.
    const places = judged.flatMap((part) => placesOf(body, part as Bytes)).filter((_, i) => i % 3 === 0);
    await everyFlipIsRefused('/slots', body, await tokenOf(patient.device), places);
  });

  it('anywhere in a registration’s operation gets an error, and the person can register', async () => {
    const surroundings = hospital.surroundings(new MemoryStore());
    const probe = await cutAt(anyDevice, 'register', () =>
      createAccount(surroundings, patientProfile('Registers Once'), PASSWORD),
    );
    const operation = probe.operation as Bytes;
    const body = encodeBody(CBOR, probe);
    // Possession, keys and signature: the operation is 2 KB, of which every 7th byte is flipped.
    const places = placesOf(body, operation).filter((_, i) => i % 7 === 0);
    const before = await footprint(hospital.node.context);
    const codes = new Set<string>();
    for (const at of places) {
      const flipped = body.slice();
      flipped[at]! ^= 0x10;
      codes.add(refusalIn(await send(hospital.url, '/accounts', { body: flipped }), at));
    }
    expect(await footprint(hospital.node.context)).toEqual(before);
    expect(codes).toContain('signature-invalid');
    expect((await send(hospital.url, '/accounts', { body })).status).toBe(200);
  });
});

describe('what is sealed to somebody, so that the node cannot judge it', () => {
  it('is still what the device signed: a bit flipped on its way is refused, and nothing changes', async () => {
    const patient = await hospital.patient('Changed On Its Way');
    await consented(hospital, rao.device, patient.device);
    const upload = await cutAt(patient.device, 'putRecords', () => add(patient.device, note('Never arrives whole')));
    const body = encodeBody(CBOR, upload);
    const { ownerBox, slots } = upload.records[0]!.envelope!;
    const sealed = [ownerBox, slots[0]!.value, upload.entries[0]!.value] as Bytes[];
    const before = await footprint(hospital.node.context);
    const token = await tokenOf(patient.device);
    for (const at of sealed.flatMap((part) => placesOf(body, part).filter((_, i) => i % 29 === 0))) {
      const flipped = body.slice();
      flipped[at]! ^= 1 << (at % 8);
      expect(codeOf(await send(hospital.url, '/records', { body: flipped, token })), `byte ${at}`).toBe(
        'upload-changed',
      );
    }
    expect(await footprint(hospital.node.context)).toEqual(before);
  });

  it('fails at its owner where its author damaged it: the box is named, and every other record is there', async () => {
    const patient = await hospital.patient('Damaged Box');
    await add(patient.device, note('Before the damage'));
    const upload = await cutAt(patient.device, 'putRecords', () => add(patient.device, note('Damaged by its author')));
    const damaged = upload.records[0]!.envelope!;
    (damaged.ownerBox as Bytes)[100]! ^= 1;
    expect(await patient.device.upload('putRecords', unsigned(upload))).toMatchObject({ outcomes: [{ receipt: {} }] });
    await add(patient.device, note('Behind the damage'));
    expect(await titles(patient)).toEqual({
      shown: ['Before the damage', 'Behind the damage'],
      unreadable: [damaged.record],
    });
    // Nor does it keep the owner from consenting.
    await consented(hospital, rao.device, patient.device);
    expect(await readAll(rao.device, 'damage')).toEqual(['Before the damage', 'Behind the damage']);
  });

  it('fails at its reader where its author damaged it: a slot opens nothing, and says no more than that', async () => {
    const patient = await hospital.patient('Damaged Slot');
    await consented(hospital, rao.device, patient.device);
    for (const damage of [0, 300, 575]) {
      const word = `slotword${damage}`;
      const upload = await cutAt(patient.device, 'putRecords', () => add(patient.device, note(word)));
      const direct = upload.records[0]!.envelope!.slots.find(({ kind }) => kind === 'direct')!.value as Bytes;
      direct[damage]! ^= 1;
      await patient.device.upload('putRecords', unsigned(upload));
      expect(await refusal(() => readAll(rao.device, word))).toMatch(/^(does-not-open|point-unsound)$/);
    }
  });
});

/** An upload without its signature, to be signed anew. */
const unsigned = <Upload extends { signature?: unknown }>({ signature: _, ...content }: Upload) => content;

async function titles({ device }: Person) {
  const [shown, unreadable]: string[][] = [[], []];
  for await (const { card } of myRecords(device, ({ record }) => unreadable!.push(record))) shown!.push(card.title);
  return { shown, unreadable };
}
