import { CBOR, encodeBody } from '@salus/api';
import { encodeCanonical, newId, utf8 } from '@salus/base';
import { OPERATION_LIMIT_BYTES, type Operation, parseOperation, signedMessage, signOperation } from '@salus/contracts';
import { sign } from '@salus/schemes/keyless';
import { requestAccess } from '@salus/sdk';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { DAY_MS } from '../src/clock.ts';
import { footprint } from '../src/footprint.ts';
import { Hospital, type Person } from '../src/hospital.ts';
import { codeOf, send, sendValue, tokenOf } from '../src/http.ts';
import { cutAt } from '../src/intercepted.ts';
import { refusal } from '../src/refusal.ts';
import { add, note } from '../src/sharing.ts';

let hospital: Hospital;
let meera: Person;
let rao: Person;
let tokens: { meera: string; rao: string };
beforeAll(async () => {
  hospital = await Hospital.open();
  meera = await hospital.patient('Meera Nair');
  rao = await hospital.doctor('Arjun Rao');
  tokens = { meera: await tokenOf(meera.device), rao: await tokenOf(rao.device) };
});
afterAll(() => hospital.stop());

const submit = (token: string, ...operations: Uint8Array[]) =>
  sendValue(hospital.url, '/operations', { operations, letters: [] }, token);

/** Sends operations that must change nothing, and gives the code. */
async function refusedOperation(token: string, ...operations: Uint8Array[]): Promise<string> {
  const before = await footprint(hospital.node.context);
  const code = codeOf(await submit(token, ...operations));
  expect(await footprint(hospital.node.context)).toEqual(before);
  return code;
}

/** An operation as somebody with a raw signer would make it. */
const made = (
  { device }: Person,
  more: Partial<Record<keyof Operation, unknown>>,
  seed = device.identity.device.seed,
) =>
  signOperation(
    {
      v: 1,
      network: device.trust.network,
      id: newId(device.random),
      account: device.account,
      device: device.identity.device.id,
      ...more,
    } as Operation,
    seed,
  );

const asked = () => ({
  type: 'request.make',
  body: {
    request: newId(meera.device.random),
    patient: meera.device.account,
    purpose: 'treatment',
    commitment: new Uint8Array(32),
    groups: ['document'],
    until: hospital.clock.now() + 30 * DAY_MS,
  },
});

describe('a forged operation', () => {
  it('in another’s name is refused, from their session and from one’s own', async () => {
    const forged = await made(rao, asked(), meera.device.identity.device.seed);
    expect(await refusedOperation(tokens.meera, forged)).toBe('operation-not-yours');
    expect(await refusedOperation(tokens.rao, forged)).toBe('signature-invalid');
  });

  it('by a device that the account does not have is refused', async () => {
    const seed = rao.device.random(32);
    expect(
      await refusedOperation(tokens.rao, await made(rao, { ...asked(), device: newId(rao.device.random) }, seed)),
    ).toBe('signer-unknown');
    const theirs = { ...asked(), device: meera.device.identity.device.id };
    expect(await refusedOperation(tokens.rao, await made(rao, theirs, meera.device.identity.device.seed))).toBe(
      'signer-unknown',
    );
  });

  it('for another network is refused', async () => {
    expect(await refusedOperation(tokens.rao, await made(rao, { ...asked(), network: new Uint8Array(32) }))).toBe(
      'operation-network',
    );
  });
});

describe('a replayed operation', () => {
  it('gives the same receipt and changes nothing', async () => {
    const operation = await made(rao, asked());
    const first = await submit(tokens.rao, operation);
    expect(first.status).toBe(200);
    const before = await footprint(hospital.node.context);
    const again = await submit(tokens.rao, operation);
    const receiptOf = ({ body }: { body: unknown }) => {
      const { height, time } = (body as { receipts: { height: number; time: number }[] }).receipts[0]!;
      return { height, time };
    };
    expect(receiptOf(again)).toEqual(receiptOf(first));
    expect(await footprint(hospital.node.context)).toEqual(before);
    expect(await refusedOperation(tokens.meera, operation)).toBe('operation-not-yours');
  });

  it('under the id of another is refused', async () => {
    const id = newId(rao.device.random);
    const patient = (await hospital.patient('Somebody')).device.account;
    const body = { ...asked().body, patient };
    expect((await submit(tokens.rao, await made(rao, { ...asked(), body, id }))).status).toBe(200);
    expect(await refusedOperation(tokens.rao, await made(rao, { ...asked(), id }))).toBe('operation-id-used');
  });

  it('does not come to count again after what it did was undone', async () => {
    const patient = (await hospital.patient('Asked Twice')).device;
    const asking = {
      patient: patient.account,
      purpose: 'treatment' as const,
      words: 'Once',
      groups: ['document' as const],
      until: hospital.clock.now() + 30 * DAY_MS,
    };
    const { operations } = await cutAt(rao.device, 'submit', () => requestAccess(rao.device, asking), 'behind');
    const { body } = parseOperation(operations[0] as Uint8Array).operation;
    await rao.device.submit('request.withdraw', { request: (body as { request: string }).request });
    const before = await footprint(hospital.node.context);
    expect((await submit(tokens.rao, operations[0] as Uint8Array)).status).toBe(200);
    expect(await footprint(hospital.node.context)).toEqual(before);
  });
});

describe('reordered operations', () => {
  it('are refused: a step before the one it follows, an edit before the one it is made on', async () => {
    const request = asked();
    const patient = (await hospital.patient('In Order')).device;
    request.body.patient = patient.account;
    const make = await made(rao, request);
    const withdraw = await made(rao, { type: 'request.withdraw', body: { request: request.body.request } });
    expect(await refusedOperation(tokens.rao, withdraw)).toBe('request-unknown');
    expect((await submit(tokens.rao, make, withdraw)).status).toBe(200);
    const [{ record } = { record: '' }] = await add(patient, note('in order'));
    const edit = (version: number) =>
      patient.operation('record.update', {
        record,
        group: 'document',
        generation: 1,
        version,
        previous: new Uint8Array(32),
        bodyRoot: new Uint8Array(32),
      });
    for (const version of [3, 1, 0]) {
      const { bytes } = await edit(version);
      await expect(hospital.node.context.ledger.submit(bytes)).rejects.toMatchObject({ code: 'record-conflict' });
    }
  });
});

describe('an operation of the wrong size', () => {
  it('is refused at every length it can be cut to', async () => {
    const operation = await made(rao, asked());
    const before = await footprint(hospital.node.context);
    for (let length = 0; length < operation.length; length++)
      expect(codeOf(await submit(tokens.rao, operation.subarray(0, length)))).toMatch(/^encoding-/);
    expect(await footprint(hospital.node.context)).toEqual(before);
  });

  it('too large is refused unread, as are too many and a body above the limit', async () => {
    expect(await refusedOperation(tokens.rao, new Uint8Array(OPERATION_LIMIT_BYTES + 1))).toBe('encoding-fields');
    expect(await refusedOperation(tokens.rao, ...Array.from({ length: 201 }, () => utf8('x')))).toBe('encoding-fields');
    const body = new Uint8Array(10 * 1024 * 1024);
    expect(codeOf(await send(hospital.url, '/operations', { body, token: tokens.rao }))).toBe('body-oversized');
  });

  it('is refused with anything behind it, or with a field that nobody knows', async () => {
    const operation = await made(rao, asked());
    const trailing = new Uint8Array([...operation, 0]);
    expect(await refusedOperation(tokens.rao, trailing)).toBe('encoding-malformed');
    const { operation: parsed } = parseOperation(operation);
    for (const odd of [
      { ...parsed, note: 'x' },
      { ...parsed, body: { ...parsed.body, note: 'x' } },
      { ...parsed, v: 2 },
    ]) {
      const payload = encodeCanonical(odd);
      const signature = await sign(rao.device.identity.device.seed, signedMessage(payload));
      expect(await refusedOperation(tokens.rao, encodeCanonical([payload, signature]))).toBe('encoding-fields');
    }
  });
});

describe('an operation on a route that is not its own', () => {
  it('is refused: what comes with sealed parts without them, and the reverse', async () => {
    const uploads = await cutAt(meera.device, 'putRecords', () => add(meera.device, note('not alone')));
    const [upload] = uploads.records;
    expect(await refusedOperation(tokens.meera, upload!.operation as Uint8Array)).toBe('operation-wrong-route');
    const records = (one: object) => sendValue(hospital.url, '/records', { ...uploads, records: [one] }, tokens.meera);
    const before = await footprint(hospital.node.context);
    expect(codeOf(await records({ operation: upload!.operation }))).toBe('envelope-mismatch');
    expect(codeOf(await records({ ...upload!, version: upload!.envelope!.version }))).toBe('envelope-mismatch');
    const { bytes } = await meera.device.operation('consent.revoke', { reader: rao.device.account });
    expect(codeOf(await records({ operation: bytes }))).toBe('operations-mixed');
    expect(await footprint(hospital.node.context)).toEqual(before);
    expect(await refusal(() => meera.device.submit('consent.revoke', { reader: rao.device.account }))).toBe(
      'grant-unknown',
    );
  });

  it('that opens with an envelope of another record, or of another author, is refused', async () => {
    const uploads = await cutAt(meera.device, 'putRecords', () => add(meera.device, note('one'), note('two')));
    const [one, two] = uploads.records;
    const records = (...sent: object[]) =>
      sendValue(hospital.url, '/records', { ...uploads, records: sent }, tokens.meera);
    const before = await footprint(hospital.node.context);
    expect(codeOf(await records({ ...one!, envelope: two!.envelope }))).toBe('envelope-mismatch');
    const name = { record: one!.envelope!.record };
    expect(codeOf(await records({ ...one!, envelope: { ...two!.envelope!, ...name } }))).toBe('envelope-mismatch');
    const proof = two!.envelope!.proof;
    expect(codeOf(await records({ ...one!, envelope: { ...one!.envelope!, proof } }))).toBe('proof-unsound');
    const theirs = await sendValue(hospital.url, '/records', uploads, tokens.rao);
    expect(codeOf(theirs)).toBe('operation-not-yours');
    expect(await footprint(hospital.node.context)).toEqual(before);
    expect((await records(one!, two!)).status).toBe(200);
  });

  it('with an envelope whose parts were reordered, cut, doubled or made too large, is refused', async () => {
    const text = Array.from({ length: 400_000 }, (_, i) => String(i * i)).join(' ');
    const upload = await cutAt(meera.device, 'putRecords', () => add(meera.device, note(text)));
    const [record] = upload.records;
    const envelope = record!.envelope!;
    const { version } = envelope;
    const { chunks } = version;
    expect(chunks.length).toBeGreaterThan(2);
    const before = await footprint(hospital.node.context);
    const uploading = async (changed: object) => {
      const sent = { ...upload, records: [{ ...record!, envelope: { ...envelope, ...changed } }] };
      return codeOf(await sendValue(hospital.url, '/records', sent, tokens.meera));
    };
    const versions = [
      [...chunks].reverse(),
      chunks.slice(1),
      chunks.slice(0, -1),
      [...chunks, chunks[0]!],
      [version.manifest],
      [],
    ];
    for (const other of versions)
      expect(await uploading({ version: { ...version, chunks: other } })).toBe('envelope-mismatch');
    expect(await uploading({ version: { ...version, manifest: chunks[0]! } })).toBe('envelope-mismatch');
    expect(await uploading({ version: { ...version, card: new Uint8Array(1_000_000) } })).toBe('encoding-fields');
    expect(await uploading({ ownerBox: new Uint8Array(4_096) })).toBe('encoding-fields');
    expect(await uploading({ slots: Array(4_097).fill({}) })).toBe('encoding-fields');
    expect(await footprint(hospital.node.context)).toEqual(before);
  });

  it('is refused cut at any length, with everything that came before the cut', async () => {
    const upload = await cutAt(meera.device, 'putRecords', () => add(meera.device, note('cut short')));
    const body = encodeBody(CBOR, upload);
    const before = await footprint(hospital.node.context);
    for (let length = 1; length < body.length; length += 7)
      expect(
        codeOf(await send(hospital.url, '/records', { body: body.subarray(0, length), token: tokens.meera })),
      ).toBe('encoding-malformed');
    expect(await footprint(hospital.node.context)).toEqual(before);
    expect((await send(hospital.url, '/records', { body, token: tokens.meera })).status).toBe(200);
  });
});
