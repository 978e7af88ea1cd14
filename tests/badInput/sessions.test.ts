import { LIMITS } from '@salus/api';
import { newId } from '@salus/base';
import { type OperationType, signOperation } from '@salus/contracts';
import { verifyingKeyOf } from '@salus/schemes/keyless';
import { revokeDevice } from '@salus/sdk';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Hospital, type Person } from '../src/hospital.ts';
import { codeOf, sendValue, sessionRequest, tokenOf } from '../src/http.ts';
import { PASSWORD } from '../src/people.ts';
import { refusal } from '../src/refusal.ts';

let hospital: Hospital;
let meera: Person;
beforeAll(async () => {
  hospital = await Hospital.open();
  meera = await hospital.patient('Meera Nair');
});
afterAll(() => hospital.stop());

const opening = async (request: unknown) => codeOf(await sendValue(hospital.url, '/session', request));
const device = () => meera.device;
const identity = () => meera.device.identity;

describe('a session', () => {
  it('is opened by an answer once: the same again, seen by somebody, opens nothing', async () => {
    const request = await sessionRequest(device(), identity());
    expect((await sendValue(hospital.url, '/session', request)).status).toBe(200);
    expect(await opening(request)).toBe('session-refused');
  });

  it('is not opened by an answer that comes a minute late', async () => {
    const request = await sessionRequest(device(), identity());
    hospital.clock.advance(LIMITS.challengeMs + 1_000);
    expect(await opening(request)).toBe('session-refused');
  });

  it('is not opened by what was signed for another address, as somebody in the middle would pass it on', async () => {
    const elsewhere = await sessionRequest(device(), identity(), 'https://records.example.evil');
    expect(await opening(elsewhere)).toBe('session-refused');
    // Naming this address does not help: the signature is over the other.
    expect(
      await opening({ ...(await sessionRequest(device(), identity(), 'https://evil')), origin: hospital.url }),
    ).toBe('session-refused');
  });

  it('is not opened for another account, device or nonce than was signed, nor by another key', async () => {
    const other = await hospital.patient('Arun Das');
    const good = await sessionRequest(device(), identity());
    const wrongs = [
      { account: other.device.account },
      { device: other.device.identity.device.id },
      { nonce: hospital.surroundings().random(32) },
      { signature: good.signature.map((byte, i) => (i === 63 ? byte ^ 1 : byte)) },
    ];
    for (const wrong of wrongs) {
      const request = { ...(await sessionRequest(device(), identity())), ...wrong };
      expect(await opening(request)).toBe('session-refused');
    }
    const stranger = { account: device().account, device: { ...identity().device, seed: other.device.random(32) } };
    expect(await opening(await sessionRequest(device(), stranger))).toBe('session-refused');
  });

  it('ends after half an hour of rest and after twelve hours, and the device opens another by itself', async () => {
    const token = await tokenOf(device());
    expect((await sendValue(hospital.url, '/ledger/state', { keys: ['account'] }, token)).status).toBe(200);
    hospital.clock.advance(LIMITS.sessionIdleMs + 1_000);
    expect(codeOf(await sendValue(hospital.url, '/ledger/state', { keys: ['account'] }, token))).toBe(
      'session-expired',
    );
    expect(await device().client.call('me', {})).toMatchObject({ account: device().account });
  });

  it('closed is closed, and a made-up one was never open', async () => {
    await device().client.call('me', {});
    await device().client.call('closeSession', {});
    for (const token of [undefined, '', 'A'.repeat(43), 'Bearer'])
      expect(codeOf(await sendValue(hospital.url, '/ledger/state', { keys: ['a'] }, token))).toMatch(
        /^session-(required|expired)$/,
      );
  });

  it('of a revoked device ends at the next request, and opens no more', async () => {
    const person = await hospital.patient('Loses A Phone');
    const phone = await hospital.signIn(person);
    const token = await tokenOf(phone);
    await revokeDevice(person.device, phone.identity.device.id, PASSWORD);
    expect(codeOf(await sendValue(hospital.url, '/ledger/state', { keys: ['a'] }, token))).toBe('session-expired');
    expect(await opening(await sessionRequest(phone, phone.identity))).toBe('session-refused');
    expect(await refusal(() => phone.client.call('me', {}))).toBe('session-refused');
  });
});

describe('the sign-in device of a keyring', () => {
  const signIn = () => ({ account: device().account, device: identity().keyring.signIn });
  const signed = async (type: OperationType, body: object) =>
    signOperation(
      {
        v: 1,
        network: device().trust.network,
        id: newId(device().random),
        account: device().account,
        device: identity().keyring.signIn.id,
        type,
        body,
      } as never,
      identity().keyring.signIn.seed,
    );

  it('adds a device, and its session is let into nothing else', async () => {
    const token = await tokenOf(device(), signIn());
    const submit = async (...operations: Uint8Array[]) =>
      sendValue(hospital.url, '/operations', { operations, letters: [] }, token);
    const added = { id: newId(device().random), key: await verifyingKeyOf(device().random(32)) };
    expect((await submit(await signed('device.add', { device: added }))).status).toBe(200);
    const revoking = await signed('device.revoke', { device: identity().device.id, since: 0 });
    expect(codeOf(await submit(revoking))).toBe('sign-in-only');
    // Not even what another device of the account has signed.
    const { bytes } = await device().operation('device.revoke', { device: added.id, since: 0 });
    expect(codeOf(await submit(bytes))).toBe('sign-in-only');
    for (const [path, body] of [
      ['/ledger/state', { keys: ['account'] }],
      ['/search', { chains: [{ labelKey: device().random(32) }] }],
      ['/chunks/missing', { hashes: [] }],
    ] as const)
      expect(codeOf(await sendValue(hospital.url, path, body, token))).toBe('sign-in-only');
  });

  it('signs nothing but `device.add`, whoever brings it', async () => {
    const revoking = await signed('device.revoke', { device: identity().device.id, since: 0 });
    expect(await refusal(() => device().client.call('submit', { operations: [revoking] }))).toBe('signer-kind');
  });
});
