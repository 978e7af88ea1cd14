import { systemRandom, verifyingKeyOf } from '@salus/schemes/keyless';
import { logIn, MemoryStore, myRecords, renewKeyring, resume, revokeDevice } from '@salus/sdk';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Hospital, type Person } from '../src/hospital.ts';
import { PASSWORD } from '../src/people.ts';
import { refusal } from '../src/refusal.ts';
import { Backup } from '../src/restored.ts';
import { add, note } from '../src/sharing.ts';

let hospital: Hospital;
let backup: Backup;
let meera: Person;
/** Meera's phone, which is in the backup, was stolen after it and put out. */
const phone = new MemoryStore();
let stolen: string;
/** The account code since then. */
let code: Uint8Array;

beforeAll(async () => {
  hospital = await Hospital.open();
  meera = await hospital.patient('Meera Nair');
  await add(meera.device, note('heart murmur'));
  stolen = (await logIn(hospital.surroundings(phone), meera.email, PASSWORD, meera.code)).identity.device.id;
  await hospital.resumed(meera.store);
  backup = await Backup.of(hospital);
  const renewed = await revokeDevice(await hospital.resumed(meera.store), stolen, PASSWORD);
  code = renewed.code;
  await backup.start();
  await backup.resumed({ store: hospital.operator.store });
});
afterAll(async () => {
  await backup?.stop();
  await hospital.stop();
});

const names = async (store: Person['store']): Promise<string[]> => {
  const device = await backup.resumed({ store });
  const titles: string[] = [];
  for await (const { card } of myRecords(device)) titles.push(card.title);
  return titles;
};

describe('a device that was put out after the backup', () => {
  it('is known to the restored node again, shows in the place of the others and adds a device: what is not prevented', async () => {
    const thief = await backup.resumed({ store: phone });
    expect(thief.caughtUp).toMatchObject({ shown: true, waitingFor: [] });
    const planted = { id: 'f'.repeat(32), key: await verifyingKeyOf(systemRandom(32)) };
    await thief.submit('device.add', { device: planted });
    // By the sign-in device of the old keyring, too, which no revocation of the phone reaches.
    await logIn(backup.at({ store: new MemoryStore() }), meera.email, PASSWORD, meera.code);
  });

  it('is put out again at the next contact of another device, which names what was added meanwhile', async () => {
    const report = await backup.accepted(meera);
    expect(report).toMatchObject({ sentAgain: 2, missing: [], pending: [], waitingFor: [], renewed: true });
    // The one it planted went with it; the one that logged in with the old code is for her to look at.
    expect(report.addedSince).toHaveLength(1);
    expect(report.addedSince).not.toContain('f'.repeat(32));
    const thief = await resume(backup.at({ store: phone }));
    expect(await refusal(() => thief.client.call('me', {}))).toBe('session-refused');
    expect(await names(meera.store)).toEqual(['heart murmur']);
  });

  it('leaves the old keyring on the server, until her device puts the new one there again', async () => {
    const signIn = (given: Uint8Array) => logIn(backup.at({ store: new MemoryStore() }), meera.email, PASSWORD, given);
    expect(await refusal(() => signIn(code))).toBe('code-wrong');
    // What the old one opens is a sign-in device that has been put out.
    expect(await refusal(() => signIn(meera.code))).toMatch(/^(session-refused|signer-revoked)$/);
    await renewKeyring(await backup.resumed(meera), PASSWORD);
    expect((await signIn(code)).account).toBe(meera.device.account);
    expect(await refusal(() => signIn(meera.code))).toBe('code-wrong');
  });
});
