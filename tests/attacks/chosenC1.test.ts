import { CBOR, encodeBody } from '@salus/api';
import type { Bytes } from '@salus/base';
import { parseOperation } from '@salus/contracts';
import { directSlot, personKeys } from '@salus/schemes/holder';
import { contextOf, freshScalar, serve, verifyAuthorProof } from '@salus/schemes/keyless';
import { myRecord } from '@salus/sdk';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { footprint } from '../src/footprint.ts';
import { codeOf, send, tokenOf } from '../src/http.ts';
import { cutAt } from '../src/intercepted.ts';
import { add, note } from '../src/sharing.ts';
import { openWard, type Ward } from '../src/ward.ts';

let ward: Ward;
beforeAll(async () => {
  ward = await openWard();
});
afterAll(() => ward.hospital.stop());

describe('a c1 that its author chose instead of making it', () => {
  it('from another record, with that record’s proof, is refused: the proof is bound to its record', async () => {
    const { meera, hospital, records } = ward;
    const eve = (await hospital.patient('Eve Evans')).device;
    const victim = await cutAt(meera.device, 'putRecords', () => add(meera.device, note('of the victim')));
    const own = await cutAt(eve, 'putRecords', () => add(eve, note('of Eve')));
    const [envelope, record] = [own.records[0]!.envelope!, own.records[0]!];
    const { secret } = await myRecord(meera.device, records.heart);
    const operation = await eve.operation('record.commit', {
      record: envelope.record,
      group: 'document',
      patient: eve.account,
      c1: secret.c1,
      com: secret.com,
      bodyRoot: bodyRootIn(record.operation as Bytes),
      year: 2026,
    });
    const before = await footprint(hospital.node.context);
    const token = await tokenOf(eve);
    const proofs = [envelope.proof, victim.records[0]!.envelope!.proof, secret.proof(eve.random), new Uint8Array(128)];
    for (const proof of proofs) {
      const body = { ...own, records: [{ operation: operation.bytes, envelope: { ...envelope, proof } }] };
      expect(codeOf(await send(hospital.url, '/records', { body: encodeBody(CBOR, body), token }))).toBe(
        'proof-unsound',
      );
    }
    expect(await footprint(hospital.node.context)).toEqual(before);
  });

  it('would make the node a decryptor for whoever asks, were it served (reproduces without the proof)', async () => {
    const { meera, records } = ward;
    const { secret } = await myRecord(meera.device, records.heart);
    const { random } = meera.device;
    // Served with a c1 that is not its record's, a value comes out blinded by what the chooser knows.
    const eve = personKeys(random(32), 'anywhere');
    const slot = directSlot(secret, eve.B, random);
    const [t, y] = [freshScalar(random), freshScalar(random)];
    const stored = { value: slot.value, directE: slot.E, recipientB: eve.B };
    const honest = serve({ ...stored, c1: secret.c1 }, { t, y });
    const other = await myRecord(meera.device, records.skin);
    const chosen = serve({ ...stored, c1: other.secret.c1 }, { t, y });
    expect(chosen.E).toEqual(honest.E);
    expect(chosen.c2).not.toEqual(honest.c2);
    // What stops it is that nobody proves knowledge of another record's r for their own.
    const ctx = contextOf({ record: records.skin, group: 'document', generation: 1, author: meera.device.account });
    expect(verifyAuthorProof(secret.c1, ctx, secret.proof(random))).toBe(false);
    expect(verifyAuthorProof(secret.c1, secret.ctx, secret.proof(random))).toBe(true);
  });
});

const bodyRootIn = (bytes: Bytes): Bytes =>
  (parseOperation(bytes).operation.body as unknown as { bodyRoot: Bytes }).bodyRoot;
