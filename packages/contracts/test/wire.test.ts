import { type Bytes, concat, encodeCanonical, fromHex, isSalusError, utf8 } from '@salus/base';
import { sign } from '@salus/schemes/keyless';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  apply,
  OPERATION_LIMIT_BYTES,
  type Operation,
  PAYLOAD_LIMIT_BYTES,
  parseGenesis,
  parseOperation,
  READS_LIMIT,
  signedMessage,
  signOperation,
  verifyOperation,
} from '../src/index.ts';
import { newNetwork, operationBy } from './fixture/people.ts';
import { World } from './fixture/world.ts';

/** What becomes of bytes from outside: a code, or 'accepted'. Anything but our errors fails the test. */
async function fate(world: World, bytes: Bytes): Promise<string> {
  try {
    const outcome = await world.judge(bytes);
    return outcome.rejected ? outcome.rejected.code : 'accepted';
  } catch (thrown) {
    if (isSalusError(thrown)) return thrown.code;
    throw thrown;
  }
}

async function small() {
  const world = await World.make('wire');
  const patient = await world.member('patient');
  const reader = await world.member('doctor');
  await world.grant(patient, reader);
  const body = { reader: reader.account };
  const bytes = await operationBy(world.net, patient, 'consent.revoke', body);
  return { world, patient, bytes, body };
}

/** Signs payload bytes that `signOperation` would not make. */
const signRaw = async (payload: Bytes, seed: Bytes): Promise<Bytes> =>
  encodeCanonical([payload, await sign(seed, signedMessage(payload))]);

describe('forged, cut and altered operations', () => {
  it('every byte flipped: none is accepted', async () => {
    const { world, bytes } = await small();
    for (let at = 0; at < bytes.length; at++)
      for (const mask of [0x01, 0x80]) {
        const flipped = bytes.slice();
        flipped[at]! ^= mask;
        expect(await fate(world, flipped), `byte ${at}`).not.toBe('accepted');
      }
    expect(await fate(world, bytes)).toBe('accepted');
  });

  it('cut at every length, or with a byte behind', async () => {
    const { world, bytes } = await small();
    for (let length = 0; length < bytes.length; length++)
      expect(await fate(world, bytes.subarray(0, length))).toMatch(/^encoding-/);
    expect(await fate(world, concat(bytes, Uint8Array.of(0)))).toBe('encoding-malformed');
  });

  it('random bytes give only our errors', async () => {
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ maxLength: 300 }), async (bytes) => {
        try {
          parseOperation(bytes);
          return false;
        } catch (thrown) {
          return isSalusError(thrown);
        }
      }),
    );
  });

  it('unknown fields, in the payload and in the body, though signed', async () => {
    const { world, patient, bytes } = await small();
    const { operation } = parseOperation(bytes);
    for (const changed of [
      { ...operation, note: 'x' },
      { ...operation, body: { ...operation.body, note: 'x' } },
      { ...operation, v: 2 },
      { ...operation, type: 'consent.forge' },
    ])
      expect(await fate(world, await signRaw(encodeCanonical(changed), patient.device.seed))).toBe('encoding-fields');
  });

  it('other CBOR forms of the same payload: long integers, unsorted keys, indefinite lengths', async () => {
    const { world, patient, bytes } = await small();
    const { payload } = parseOperation(bytes);
    const longer = concat(Uint8Array.of(0xb8, 7), payload.subarray(1));
    const [keyV, rest] = [payload.subarray(1, 4), payload.subarray(4)];
    const reordered = concat(payload.subarray(0, 1), rest, keyV);
    const indefinite = concat(Uint8Array.of(0xbf), payload.subarray(1), Uint8Array.of(0xff));
    expect(payload[0]).toBe(0xa7);
    for (const other of [longer, reordered, indefinite])
      expect(await fate(world, await signRaw(other, patient.device.seed))).toBe('encoding-malformed');
  });

  it('a declared length of 3 GB is refused without reserving it', async () => {
    const { world } = await small();
    const declared = concat(Uint8Array.of(0x82, 0x5a), fromHex('b2d05e00'), new Uint8Array(100));
    expect(await fate(world, declared)).toBe('encoding-malformed');
  });

  it('a payload over 65,536 bytes', async () => {
    const { world, patient } = await small();
    const payload = new Uint8Array(PAYLOAD_LIMIT_BYTES + 1);
    expect(await fate(world, await signRaw(payload, patient.device.seed))).toBe('encoding-fields');
    expect(await fate(world, new Uint8Array(OPERATION_LIMIT_BYTES + 1))).toBe('encoding-oversized');
  });

  it('the largest operation fits: 500 reads', async () => {
    const world = await World.make('largest');
    const patient = await world.member('patient');
    const record = await world.record(patient);
    const [read] = world.readBody(record, '').reads;
    const grant = world.id();
    const reads = Array.from({ length: READS_LIMIT }, () => [...read!.slice(0, 4), grant] as unknown as typeof read);
    const body = { ...world.readBody(record, ''), reads: reads as NonNullable<typeof read>[] };
    const bytes = await operationBy(world.net, patient, 'read.open', body);
    expect(parseOperation(bytes).payload.length).toBeLessThan(PAYLOAD_LIMIT_BYTES);
    body.reads.push(read!);
    await expect(operationBy(world.net, patient, 'read.open', body)).rejects.toMatchObject({ code: 'encoding-fields' });
  });

  it('a signature moved to another payload, and another signer', async () => {
    const { world, patient, bytes, body } = await small();
    const other = parseOperation(await operationBy(world.net, patient, 'consent.revoke', body));
    const moved = encodeCanonical([parseOperation(bytes).payload, other.signature]);
    expect(await fate(world, moved)).toBe('signature-invalid');
  });
});

describe('replay on another network', () => {
  it('is rejected, and would be accepted if the network were not compared', async () => {
    const { world, bytes } = await small();
    const signed = parseOperation(bytes);
    const elsewhere = await newNetwork('elsewhere');
    const block = { network: elsewhere.network, height: world.height + 1, time: world.time };
    expect(await verifyOperation(world, signed)).toBeUndefined();
    expect(apply(world, signed, block).rejected?.code).toBe('operation-network');
    const careless = { ...block, network: signed.operation.network };
    expect(apply(world, signed, careless).rejected).toBeUndefined();
  });
});

describe('contracts are pure', () => {
  it('the same state, operation and block give the same writes', async () => {
    const { world, bytes } = await small();
    const signed = parseOperation(bytes);
    const block = { network: world.net.network, height: 99, time: world.time };
    const [first, second] = [apply(world, signed, block), apply(world, signed, block)];
    expect(first).toEqual(second);
    expect(first.rejected).toBeUndefined();
  });
});

describe('a genesis', () => {
  it('is read strictly', async () => {
    const { genesisBytes } = await newNetwork();
    expect(parseGenesis(genesisBytes).name).toBe('test');
    for (const bytes of [genesisBytes.subarray(1), concat(genesisBytes, utf8('x'))])
      expect(() => parseGenesis(bytes)).toThrowError(expect.objectContaining({ code: 'genesis-invalid' }));
  });

  it('a wrong body is not signed', async () => {
    const { world, patient, bytes } = await small();
    const { operation } = parseOperation(bytes);
    const wrong = { ...operation, body: { reader: 'nobody' } } as Operation;
    await expect(signOperation(wrong, patient.device.seed)).rejects.toMatchObject({ code: 'encoding-fields' });
    expect(world.height).toBeGreaterThan(0);
  });
});
