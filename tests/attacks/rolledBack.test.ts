import { encodeCanonical, framed, newId } from '@salus/base';
import { relationKey } from '@salus/contracts';
import { parseHeader } from '@salus/ledger';
import { shownMessage, sign, systemRandom } from '@salus/schemes/keyless';
import {
  answerRead,
  Client,
  Device,
  logIn,
  MemoryStore,
  prepareRead,
  revokeConsent,
  searchWords,
  Trust,
  underGrants,
} from '@salus/sdk';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Hospital } from '../src/hospital.ts';
import { PASSWORD } from '../src/people.ts';
import { refusal, refused } from '../src/refusal.ts';
import { Backup } from '../src/restored.ts';
import { add, consented, note, readAll } from '../src/sharing.ts';
import { openWard, type Ward } from '../src/ward.ts';

let ward: Ward;
let backup: Backup;
/** A doctor who was given access and cut off again, both after the backup. */
let iyer: Ward['rao'];
/** What Meera's and Iyer's devices kept before the restore. */
let given: { consent: Uint8Array; commit: Uint8Array };

beforeAll(async () => {
  ward = await openWard();
  const { hospital, meera, rao } = ward;
  iyer = await hospital.doctor('Kavya Iyer');
  for (const { store } of [meera, rao, iyer]) await hospital.resumed(store);
  backup = await Backup.of(hospital);
  await add(meera.device, note('lost with the database'));
  await consented(hospital, iyer.device, meera.device);
  await revokeConsent(meera.device, iyer.device.account);
  await revokeConsent(meera.device, rao.device.account);
  const kept = await meera.device.trust.journal.above(0);
  const of = (type: string) =>
    kept.map(({ operation }) => operation).findLast((bytes) => Buffer.from(bytes).includes(type))!;
  given = { consent: of('consent.give'), commit: of('record.commit') };
  await backup.start();
});
afterAll(async () => {
  await backup?.stop();
  await ward.hospital.stop();
});

/** A device that asks the restored node whatever it asks, past what the sdk would do by itself. */
async function past({ identity, random, now }: Device): Promise<Device> {
  const client = new Client(backup.node!.url);
  const store = new MemoryStore();
  return new Device(client, await Trust.of(client, store), identity, store, random, now);
}

const restorationOf = (device: Device) => device.trust.restoration!.id;

/** Shows a header as a device, signed by whom one likes. */
async function show(device: Device, header: Uint8Array, { signer = device, restoration = restorationOf(device) } = {}) {
  const { network } = device.trust;
  const message = shownMessage(network, restoration, device.account, header);
  const signature = await sign(signer.identity.device.seed, message);
  return refused(() => device.client.call('showNewest', { restoration, header, signature }));
}

describe('a node put back to before a revocation', () => {
  it('is refused by devices without its validator’s word on it, and with a forged one', async () => {
    const { meera } = ward;
    const call = Client.prototype.call as (...given: unknown[]) => Promise<unknown>;
    const saying = async (restoration: (true_: Uint8Array) => Uint8Array | null) => {
      Client.prototype.call = async function lying(this: Client, ...given: unknown[]) {
        const reply = (await call.apply(this, given)) as { restoration: Uint8Array };
        return given[0] === 'network' ? { ...reply, restoration: restoration(reply.restoration) } : reply;
      } as never;
      try {
        return await refusal(() => backup.resumed(meera));
      } finally {
        Client.prototype.call = call as never;
      }
    };
    expect(await saying(() => null)).toBe('proof-refused');
    for (const at of [100, 200, 300])
      expect(await saying((bytes) => bytes.map((byte, i) => (i === bytes.length - at ? byte ^ 1 : byte)))).toMatch(
        /^(proof-refused|encoding-(malformed|fields))$/,
      );
    expect(await saying((bytes) => bytes.map((byte, i) => (i === bytes.length - 1 ? byte ^ 1 : byte)))).toBe(
      'proof-refused',
    );
    expect(await saying((bytes) => bytes)).toBe('ledger-restored');
  });

  it('gives the record to whoever was cut off, where it skips the wait; and does not, where it waits', async () => {
    const { rao } = ward;
    await backup.accepted(rao);
    const { restoration } = backup.node!.context;
    restoration.needCaughtUp = () => {};
    try {
      expect(await readAll(await backup.resumed(rao), 'heart')).toEqual(['heart murmur']);
    } finally {
      Reflect.deleteProperty(restoration, 'needCaughtUp');
    }
    expect(await refusal(async () => readAll(await backup.resumed(rao), 'heart'))).toBe('restored-waiting');
  });

  it('goes on with no read that it answered while it did not wait: neither again, nor with pieces of it', async () => {
    const device = await backup.resumed(ward.rao);
    const { restoration } = backup.node!.context;
    const asked = await underGrants(device, await searchWords(device, ['heart']));
    const read = await prepareRead(device, asked, 'treatment');
    restoration.needCaughtUp = () => {};
    const [opened] = await answerRead(device, read);
    Reflect.deleteProperty(restoration, 'needCaughtUp');
    expect(await refusal(() => answerRead(device, read))).toBe('restored-waiting');
    const { record, group, manifest } = opened!;
    const hashes = manifest.chunks.map(({ hash }) => hash);
    const fetching = { record, group, read: read.operation.id, hashes };
    expect(await refusal(() => device.client.stream('fetchChunks', fetching))).toBe('restored-waiting');
  });

  it('does not count a header that it never signed: altered, of another network, or not of its ledger', async () => {
    const device = await past(ward.meera.device);
    const { ledger, secrets } = backup.node!.context;
    const newest = (await ward.meera.device.trust.newestSigned())!;
    const altered = newest.map((byte, i) => (i === newest.length - 1 ? byte ^ 1 : byte));
    expect((await show(device, altered)).facts.why).toBe("the validator's signature does not hold");
    const other = await Hospital.open();
    try {
      const header = other.node.context.ledger.header();
      expect((await show(device, header)).facts.why).toBe('it belongs to another network');
    } finally {
      await other.stop();
    }
    // Signed by the node's own key, but at a height that the backup has, and not what it has there.
    const { header } = parseHeader(ledger.header(2)!);
    const payload = encodeCanonical({ ...header, time: header.time + 1 });
    const twice = encodeCanonical([payload, await sign(secrets.validator, framed('SALUS1/block', payload))]);
    expect((await show(device, twice)).facts.why).toBe('the ledger has another block at its height');
    expect((await backup.health()).restored!.waiting).toBe(1);
  });

  it('does not count what another account replays, or what a stolen session shows without the device', async () => {
    const { meera, rao } = ward;
    const mine = await past(meera.device);
    const header = (await meera.device.trust.newestSigned())!;
    const restoration = restorationOf(mine);
    const signature = await sign(
      meera.device.identity.device.seed,
      shownMessage(mine.trust.network, restoration, meera.device.account, header),
    );
    const stolen = { restoration, header, signature };
    const reader = await past(rao.device);
    const { code, facts } = await refused(() => reader.client.call('showNewest', stolen));
    expect({ code, why: facts.why }).toEqual({ code: 'shown-refused', why: 'this device did not sign it' });
    expect((await show(mine, header, { signer: reader })).facts.why).toBe('this device did not sign it');
    expect((await show(mine, header, { restoration: newId(systemRandom) })).facts.why).toBe(
      'it is about another restore',
    );
    expect((await backup.health()).restored!.waiting).toBe(1);
  });

  it('does not count a device that signed in after the restore: it has seen nothing that could be missing', async () => {
    const { email, code } = ward.meera;
    const device = await logIn(backup.at({ store: new MemoryStore() }), email, PASSWORD, code);
    const header = (await ward.meera.device.trust.newestSigned())!;
    const shown = await refused(async () => {
      const restoration = restorationOf(device);
      const message = shownMessage(device.trust.network, restoration, device.account, header);
      const signature = await sign(device.identity.device.seed, message);
      await device.client.call('showNewest', { restoration, header, signature });
    });
    expect(shown.facts.why).toBe('the backup does not know this device');
    expect(await backup.resumed(device)).toMatchObject({ caughtUp: { shown: false } });
    expect((await backup.health()).restored!.waiting).toBe(1);
  });

  it('takes a consent again from its patient alone, never from the reader who leaves out that it ended', async () => {
    const reader = await past(iyer.device);
    const own = (await iyer.device.trust.journal.above(0)).map(({ operation }) => operation);
    await reader.client.call('resend', { operations: own });
    const { outcomes } = await reader.client.call('resend', { operations: [given.consent] });
    expect(outcomes).toEqual([expect.objectContaining({ code: 'operation-not-yours', added: false })]);
    // The request and its check he may bring; the consent that followed is the patient's, and so is its end.
    const patient = await past(ward.meera.device);
    const all = (await ward.meera.device.trust.journal.above(0)).map(({ operation }) => operation);
    const { outcomes: mine } = await patient.client.call('resend', { operations: all });
    expect(mine.filter(({ code }) => code !== null)).toEqual([
      // Her activation is in the backup; her record's slots are not.
      expect.objectContaining({ code: 'content-missing' }),
    ]);
    const { ledger } = backup.node!.context;
    for (const doctor of [iyer, ward.rao])
      expect(ledger.get(relationKey(patient.account, doctor.device.account))?.grant?.status).toBe('ended');
  });

  it('writes no record down again whose slots are gone', async () => {
    const patient = await past(ward.meera.device);
    const { ledger } = backup.node!.context;
    const before = ledger.head().logSize;
    const { outcomes } = await patient.client.call('resend', { operations: [given.commit] });
    expect(outcomes).toEqual([expect.objectContaining({ code: 'content-missing', added: false })]);
    expect(ledger.head().logSize).toBe(before);
  });
});
