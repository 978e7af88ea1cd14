import { cp, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { backUp, type RunningNode, restore, startNode } from '@salus/node';
import { systemRandom } from '@salus/schemes/keyless';
import { acceptRestored, activate, createAccount, MemoryStore, resume, showCode } from '@salus/sdk';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { PASSWORD, patientProfile } from '../src/people.ts';
import { folderPlace } from '../src/restored.ts';
import { add, note } from '../src/sharing.ts';
import { missing, PAGE, Place } from './place.ts';
import type { Visitor } from './visitor.ts';

const why = missing();

describe('the page after the server was restored from an older backup', () => {
  let place: Place;
  let folder: string;
  let restored: RunningNode | undefined;
  let meera: Visitor;

  beforeAll(async () => {
    if (why) return;
    place = await Place.open();
    folder = await mkdtemp(join(tmpdir(), 'salus-page-restored-'));
    const { url } = place.node;
    const phone = { node: url, store: new MemoryStore(), random: systemRandom, now: Date.now };
    const profile = patientProfile('Meera Nair');
    const { device, code } = await createAccount(phone, profile, PASSWORD);
    await activate(place.operator, device.account);
    await add(device, note('heart murmur'));
    meera = await place.visit('patient', 390);
    await meera.logIn(profile.email, PASSWORD, showCode(code));
    await meera.sees('heart murmur');
    await backUp(place.home, folderPlace(join(folder, 'backup')));
    // Her phone adds a record, and this browser sees it.
    await add(device, note('lung scan'));
    await meera.page.reload();
    await meera.sees('lung scan');
    await place.node.stop();
    await restore(join(folder, 'home'), folderPlace(join(folder, 'backup')), place.recoveryKey);
    await cp(join(place.home, 'clouds'), join(folder, 'home', 'clouds'), { recursive: true });
    restored = await startNode({ home: join(folder, 'home'), port: Number(new URL(url).port), portal: PAGE });
  });
  beforeEach(({ skip }) => skip(why !== undefined, why));
  afterAll(async () => {
    await restored?.stop();
    await place?.close();
    if (folder) await rm(folder, { recursive: true, force: true });
  });

  it('asks whether the hospital said so, and goes on only then', async () => {
    await meera.page.reload();
    await meera.heading('Your hospital’s server was restored');
    await meera.looksRight('restored');
    await meera.press('My hospital told me, go on');
    await meera.sees('This device sends again what the server lost');
    expect((await health()).restored).toMatchObject({ waiting: 1 });
    await meera.press('My hospital told me, go on');
    await meera.sees('These are gone from the server');
    await meera.sees('Records stay closed until the hospital’s operator has been in contact.');
    await meera.heading(/^Good /);
    await meera.looksRight('restored-notice');
  });

  it('shows the records again when the operator’s device has been in contact, and says so until it is read', async () => {
    const { store } = place.operator;
    const operator = { node: restored!.url, store, random: systemRandom, now: Date.now };
    await resume(operator).catch(() => acceptRestored(operator));
    expect((await health()).restored).toMatchObject({ waiting: 0 });
    await meera.page.reload();
    await meera.sees('heart murmur');
    await meera.press('I have read it');
    await meera.page.getByText('These are gone from the server').waitFor({ state: 'detached' });
    await meera.page.reload();
    await meera.sees('heart murmur');
    expect(await meera.page.getByText('These are gone from the server').count()).toBe(0);
  });

  const health = async () => (await (await fetch(`${restored!.url}/health`)).json()) as { restored: unknown };
});
