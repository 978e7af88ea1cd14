import { deviceKey } from '@salus/contracts';
import { awaitKnock, type Device, invite, join, letIn, MemoryStore, myRecords } from '@salus/sdk';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Hospital, type Person } from '../src/hospital.ts';
import { refusal } from '../src/refusal.ts';
import { add, note } from '../src/sharing.ts';
import { lyingOn } from '../src/ward.ts';

let hospital: Hospital;
let meera: Person;
let phone: Device;

beforeAll(async () => {
  hospital = await Hospital.open();
  meera = await hospital.patient('Meera Nair');
  phone = meera.device;
  await add(phone, note('from the phone'));
});
afterAll(() => hospital.stop());

const joining = (link: string, name = 'a laptop') => join(hospital.surroundings(new MemoryStore()), link, name);
const onLedger = (id: string) => hospital.node.context.ledger.get(deviceKey(phone.account, id));

describe('an invitation shown on a screen', () => {
  it('lets in the device in one’s hand: both screens show the same six digits, and everything opens there', async () => {
    const shown = await invite(phone);
    const laptop = await joining(shown.link);
    const knocking = await awaitKnock(phone, shown);
    expect(knocking.name).toBe('a laptop');
    expect(knocking.check).toBe(laptop.check);
    const [device] = await Promise.all([laptop.welcomed(), letIn(phone, shown, knocking)]);
    expect(device.identity.device.id).not.toBe(phone.identity.device.id);
    expect(onLedger(device.identity.device.id)).toMatchObject({ kind: 'device', addedBy: phone.identity.device.id });
    const titles: string[] = [];
    for await (const { card } of myRecords(device)) titles.push(card.title);
    expect(titles).toEqual(['from the phone']);
  });

  it('photographed and answered first, shows digits that the device in one’s hand does not, and lets nobody in', async () => {
    const shown = await invite(phone);
    const thief = await joining(shown.link, 'a laptop');
    expect(await refusal(() => joining(shown.link))).toBe('invitation-taken');
    const knocking = await awaitKnock(phone, shown);
    // The thief's own screen is not before the person; the laptop shows a refusal and no digits at all.
    expect(knocking.check).toBe(thief.check);
    expect(onLedger(knocking.device.id)).toBeUndefined();
  });

  it('let in unlooked at, which the digits are there to prevent, gives the photographer everything', async () => {
    const shown = await invite(phone);
    const thief = await joining(shown.link, 'a laptop');
    const [device] = await Promise.all([thief.welcomed(), letIn(phone, shown, await awaitKnock(phone, shown))]);
    for await (const { card } of myRecords(device)) expect(card.title).toBe('from the phone');
    expect(device.root).toEqual(phone.root);
  });

  it('gives two devices different digits, and the same device others at each try', async () => {
    const digits = new Set<string>();
    for (let i = 0; i < 3; i++) digits.add((await joining((await invite(phone)).link)).check);
    expect(digits.size).toBe(3);
  });

  it('is of no use to a server that puts its own device in: it has no secret to seal with', async () => {
    const shown = await invite(phone);
    await joining(shown.link);
    const other = await invite(phone);
    await joining(other.link);
    const swapped = (reply: { sealed: Uint8Array }) => ({ sealed: Uint8Array.from(reply.sealed, (byte) => byte ^ 1) });
    expect(await refusal(() => lyingOn(phone, 'awaitKnock', swapped, () => awaitKnock(phone, other)))).toBe(
      'invitation-tampered',
    );
  });

  it('ends when a new one is shown, after five minutes, and is nobody else’s', async () => {
    const rao = await hospital.doctor('Arjun Rao');
    const first = await invite(phone);
    const second = await invite(phone);
    expect(await refusal(() => joining(first.link))).toBe('invitation-unknown');
    expect(await refusal(() => awaitKnock(rao.device, second))).toBe('invitation-unknown');
    hospital.clock.advance(5 * 60_000 + 1);
    expect(await refusal(() => joining(second.link))).toBe('invitation-unknown');
  });

  it('mistyped, cut or of something else is not taken for one', async () => {
    const { link } = await invite(phone);
    for (const wrong of ['', link.slice(0, -1), `${link}A`, link.replace(/.$/, '!'), 'https://elsewhere.example/'])
      expect(await refusal(() => joining(wrong))).toBe('invitation-malformed');
  });
});
