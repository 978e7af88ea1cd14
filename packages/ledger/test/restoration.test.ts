import { type Bytes, decodeCanonical, encodeCanonical, isSalusError } from '@salus/base';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { forkBelow, signRestoration, verifyRestoration } from '../src/verifier/index.ts';
import { Clinic } from './fixture/clinic.ts';

const SEED = 20_261_127;

let clinic: Clinic;
let other: Clinic;
let statement: Bytes;
const said = { id: '7'.repeat(32), backedUpAt: 1, restoredAt: 2 };

beforeAll(async () => {
  clinic = await Clinic.open('restored');
  other = await Clinic.open('another');
  await clinic.patient();
  const header = clinic.ledger.header();
  const { network, validatorKey } = clinic.net;
  statement = await signRestoration({ network, ...said, header, earlier: [1] }, validatorKey);
});
afterAll(async () => {
  await clinic.ledger.close();
  await other.ledger.close();
});

const codeOf = async (bytes: Bytes, ledger = clinic.ledger): Promise<string> => {
  try {
    await verifyRestoration(bytes, ledger);
    return 'believed';
  } catch (thrown) {
    if (isSalusError(thrown)) return thrown.code;
    throw thrown;
  }
};

describe('a restoration', () => {
  it('is read as it was signed', async () => {
    const read = await verifyRestoration(statement, clinic.ledger);
    expect(read).toMatchObject({ ...said, earlier: [1], header: { height: clinic.ledger.head().height } });
  });

  it('says from which height on another history may have been seen', async () => {
    const { height } = clinic.ledger.head();
    const read = await verifyRestoration(statement, clinic.ledger);
    expect([1, 2, height, height + 1].map((seen) => forkBelow(read, seen))).toEqual([undefined, 1, 1, 1]);
    const first = { ...read, earlier: [] };
    expect([1, height, height + 1].map((seen) => forkBelow(first, seen))).toEqual([undefined, undefined, height]);
  });

  it('is believed of its own network and its own validator only', async () => {
    expect(await codeOf(statement, other.ledger)).toBe('proof-refused');
    const { network } = clinic.net;
    const header = clinic.ledger.header();
    const elsewhere = { network: other.net.network, ...said, header, earlier: [] };
    expect(await codeOf(await signRestoration(elsewhere, clinic.net.validatorKey))).toBe('proof-refused');
    const forged = await signRestoration({ network, ...said, header, earlier: [] }, other.net.validatorKey);
    expect(await codeOf(forged)).toBe('proof-refused');
    // A header that the node signed, in a statement that it did not sign.
    const [payload] = decodeCanonical('statement', statement, z.tuple([z.any(), z.any()]), 8_192);
    const [, signature] = decodeCanonical('forged', forged, z.tuple([z.any(), z.any()]), 8_192);
    expect(await codeOf(encodeCanonical([payload, signature]))).toBe('proof-refused');
  });

  it(`is refused with a code of ours at any changed byte, cut or lengthened (seed ${SEED})`, async () => {
    await fc.assert(
      fc.asyncProperty(fc.nat(statement.length - 1), fc.integer({ min: 1, max: 255 }), async (at, by) => {
        const changed = statement.map((byte, i) => (i === at ? byte ^ by : byte));
        expect(await codeOf(changed)).toMatch(/^(encoding-(malformed|fields|oversized)|proof-refused)$/);
        expect(await codeOf(statement.subarray(0, at))).toMatch(/^encoding-/);
      }),
      { numRuns: 300, seed: SEED },
    );
    expect(await codeOf(new Uint8Array([...statement, 0]))).toBe('encoding-malformed');
  });
});
