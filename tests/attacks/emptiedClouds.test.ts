import { readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { decodeCanonical, field } from '@salus/base';
import { type Challenge, StorageHistory } from '@salus/ledger/verifier';
import { type PieceAccess, readBlockLog } from '@salus/node';
import { Tagger } from '@salus/schemes/gateway';
import { CommitmentKey, combineParts, provePart, sessionMessage, sign, weightsOf } from '@salus/schemes/keyless';
import { type Device, repairClouds, verifyHistory } from '@salus/sdk';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { Hospital } from '../src/hospital.ts';
import { add } from '../src/sharing.ts';
import { audited, checked, document, objectsIn, verifiedElsewhere } from '../src/storageChecks.ts';
import { lyingOn } from '../src/ward.ts';

const STORES = ['store-1', 'store-2', 'store-3', 'store-4', 'store-5', 'store-6'];
const all = (finding: string) => Object.fromEntries(STORES.map((store) => [store, finding]));
const NONE = new Uint8Array(0);
const TIMEOUT_MS = 120_000;

interface Answer {
  proof: Uint8Array;
  missing: Uint8Array[];
}

let hospital: Hospital;
let access: PieceAccess;

beforeAll(async () => {
  hospital = await Hospital.open();
  const { device } = await hospital.patient('Meera Nair');
  await add(device, document('tomography', 6));
  ({ access } = await checked(hospital.home, hospital.operator));
}, TIMEOUT_MS);
afterAll(async () => {
  await access.close();
  await hospital.stop();
});

const keyFile = async <Shape extends z.ZodRawShape>(name: string, shape: Shape) => {
  const bytes = new Uint8Array(await readFile(join(hospital.home, 'node', 'keys', name)));
  return decodeCanonical(name, bytes, z.object(shape), 1_024);
};

/** What an audit asks, as anybody derives it from the ledger's file. */
async function challengeOf(audit: string): Promise<Challenge> {
  const log = readBlockLog(join(hospital.home, 'node', 'ledger', 'blocks.log'));
  const history = new StorageHistory(hospital.node.context.genesis.organisation.name);
  await verifyHistory(log, (block) => history.add(block));
  return history.challenge(audit)!;
}

/** Sixty-four bytes that stand for whatever is asked for. */
const ANYTHING = Uint8Array.from({ length: 64 }, (_, i) => i);

/** The answer of a node that has the tagging key and no data: it tags something else under the names that are asked for. */
async function answerWithoutData(audit: string): Promise<Answer> {
  const { sigma, alpha } = await keyFile('tagging.cbor', { sigma: field.bytes(32), alpha: field.bytes(32) });
  const tagger = new Tagger({ sigma: sigma as Uint8Array, alpha: alpha as Uint8Array });
  const commitment = new CommitmentKey(tagger.commitmentKey());
  const { seed, clouds } = await challengeOf(audit);
  const parts = [];
  for (const { cloud, blocks } of clouds) {
    const weights = weightsOf(seed, cloud, blocks.length);
    const made = blocks.map(({ root, index }, i) => {
      return { block: ANYTHING, tag: tagger.tag({ root, index, cloud }, ANYTHING), weight: weights[i]! };
    });
    parts.push(await provePart(commitment, made, seed));
  }
  return { proof: combineParts(parts), missing: clouds.map(() => NONE) };
}

/** An operator in league with the node: writes that everything is held, whatever was found. */
async function writingHeld<Result>(operator: Device, leaveOut: boolean, run: () => Promise<Result>): Promise<Result> {
  const submit = operator.submit.bind(operator) as (type: string, body: never) => Promise<unknown>;
  operator.submit = (async (type: string, body: { verdicts: { missing: Uint8Array }[] }) => {
    if (type !== 'audit.result') return submit(type, body as never);
    const verdicts = body.verdicts.map((verdict) => {
      return { ...verdict, finding: 'held', missing: leaveOut ? verdict.missing : NONE };
    });
    return submit(type, { ...body, verdicts } as never);
  }) as never;
  try {
    return await run();
  } finally {
    Reflect.deleteProperty(operator, 'submit');
  }
}

describe('who answers an audit', { timeout: TIMEOUT_MS }, () => {
  it('cannot spoil a cloud’s name by a broken proof, or by saying that the cloud lost what it has', async () => {
    const flipped = await lyingOn(
      hospital.operator,
      'proveStorage',
      ({ proof, missing }: Answer) => ({ proof: proof.map((byte, i) => (i === 50 ? byte ^ 1 : byte)), missing }),
      () => audited(hospital.operator, access),
    );
    expect(flipped.found).toEqual(all('unproven'));
    const [, , accused] = (await audited(hospital.operator, access)).judged;
    const accusing = await lyingOn(
      hospital.operator,
      'proveStorage',
      ({ proof, missing }: Answer) => ({
        proof,
        missing: missing.map((_, i) => (i === 2 ? fullMap(accused!.sampled) : NONE)),
      }),
      () => audited(hospital.operator, access),
    );
    expect(accusing.found['store-3']).toBe('unproven');
    expect(Object.values(accusing.found)).not.toContain('lost');
  });

  it('cannot have its proof of another audit taken again', async () => {
    const earlier: Answer[] = [];
    const keep = (reply: Answer) => {
      earlier.push(reply);
      return reply;
    };
    await lyingOn(hospital.operator, 'proveStorage', keep, () => audited(hospital.operator, access));
    const replayed = await lyingOn(
      hospital.operator,
      'proveStorage',
      () => earlier[0],
      () => audited(hospital.operator, access),
    );
    expect(replayed.found).toEqual(all('unproven'));
  });

  it('and has emptied one cloud cannot write that it holds everything: whoever judges again refutes it', async () => {
    for (const file of await objectsIn(hospital.home, 2)) await rm(file);
    for (const leaveOut of [true, false]) {
      const { audit, found } = await writingHeld(hospital.operator, leaveOut, () => audited(hospital.operator, access));
      expect(found['store-2']).toBe('lost');
      // On the ledger it says otherwise.
      const again = await verifiedElsewhere(hospital.home, access, audit);
      expect(again.outcome).toBe('refuted');
      expect(again.clouds.find(({ cloud }) => cloud === 'store-2')).toMatchObject({ said: 'held', finding: 'lost' });
    }
    await repairClouds(hospital.operator);
    expect((await audited(hospital.operator, access)).found).toEqual(all('held'));
  });

  it('and kept the tagging key and no data passes the proof alone (reproduces), and not the blocks that the auditor fetches', async () => {
    for (const store of [1, 2, 3, 4, 5, 6]) for (const file of await objectsIn(hospital.home, store)) await rm(file);
    const cheat = () =>
      lyingOn(
        hospital.operator,
        'proveStorage',
        (_: Answer, { audit }: { audit: string }) => answerWithoutData(audit),
        () => audited(hospital.operator, access),
      );
    const { judged, found } = await cheat();
    // The weak variant, the proof alone: every sampled block of every cloud is covered.
    expect(judged.map(({ covered }) => covered)).toEqual(STORES.map(() => true));
    expect(found).toEqual(all('lost'));
    // Nor does it help that the operator writes what the proof alone says.
    const { audit } = await writingHeld(hospital.operator, true, cheat);
    expect(await verifiedElsewhere(hospital.home, access, audit)).toMatchObject({ outcome: 'refuted' });
  });
});

describe('the node’s own device', () => {
  it('opens no session: it can say what is stored, and read nothing', async () => {
    const { id, seed } = await keyFile('device.cbor', { id: field.id(), seed: field.bytes(32) });
    const { client, account, trust } = hospital.operator;
    const { nonce } = await client.call('challenge', {});
    const signature = await sign(seed as Uint8Array, sessionMessage(trust.network, client.origin, nonce));
    await expect(
      client.call('openSession', { account, device: String(id), nonce, origin: client.origin, signature }),
    ).rejects.toMatchObject({ code: 'session-refused' });
  });
});

/** Every sampled block of a cloud of so many is said to be missing. */
const fullMap = (count: number): Uint8Array => {
  const map = new Uint8Array(Math.ceil(count / 8)).fill(0xff);
  if (count % 8 > 0) map[map.length - 1] = (0xff << (8 - (count % 8))) & 0xff;
  return map;
};
