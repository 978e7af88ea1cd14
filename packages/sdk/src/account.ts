import { type Bytes, newId } from '@salus/base';
import { type Account, accountKey, deviceKey, type Genesis } from '@salus/contracts';
import { personKeys, provePossession } from '@salus/schemes/holder';
import { initPairing, keyringMessage, sha256, sign, verifyingKeyOf } from '@salus/schemes/keyless';
import { Client } from './client.ts';
import { Device, openSession, organisationOf, type Surroundings, signedOperation } from './device.ts';
import { sdkError } from './errors.ts';
import { resealOwnerBoxes } from './generation.ts';
import { type Identity, needNobody, saveIdentity } from './identity.ts';
import { lookupIndex } from './lookup.ts';
import { fetchKeyring, unwrapKeyring, wrapKeyring } from './password.ts';
import {
  checkProfile,
  emailFields,
  openOwnProfile,
  type Profile,
  personFields,
  sealOwnProfile,
  sealProfileTo,
} from './profile.ts';
import { Trust } from './trust.ts';

/** A new account: its device, its number, and the account code to write down. */
export interface Created {
  device: Device;
  number: string;
  code: Bytes;
}

/** A new signing key of a device: made here, never leaves. */
export const newSigner = (random: Surroundings['random']) => ({ id: newId(random), seed: random(32) });
/** How an operation names it. */
export const publicPart = async ({ id, seed }: { id: string; seed: Bytes }) => ({
  id,
  key: await verifyingKeyOf(seed),
});

/**
 * Registers an account: keys are made here, the profile sealed to its owner and the registrar, the keyring wrapped under
 * password and account code. Throws `profile-incomplete`, `already-registered`, `email-taken`, `already-signed-in`.
 */
export async function createAccount(surroundings: Surroundings, given: unknown, password: string): Promise<Created> {
  const { node, store, random, now } = surroundings;
  const profile = checkProfile(given);
  await needNobody(store);
  await initPairing();
  const client = new Client(node);
  const trust = await Trust.of(client, store);
  const identity = newIdentity(profile.role, profile.email, newId(random), random);
  const { account, device, keyring, code } = identity;
  const keys = personKeys(keyring.roots[0]!.root, organisationOf(trust));
  const possession = provePossession({ network: trust.network, account, keys }, random);
  const [publicDevice, publicSignIn] = await Promise.all([publicPart(device), publicPart(keyring.signIn)]);
  const body = {
    role: profile.role,
    A: keys.A,
    B: keys.B,
    boxKey: keys.boxKey,
    possession: possession.proof,
    device: publicDevice,
    signIn: publicSignIn,
  };
  const operation = await signedOperation(trust.network, account, device, 'account.register', body, newId(random));
  const handle = await lookupIndex(client, trust, emailFields(profile.email), random);
  const answer = await client.call('register', {
    operation,
    handle,
    person: await lookupIndex(
      client,
      trust,
      personFields(profile.name, 'birthDate' in profile ? profile.birthDate : profile.role),
      random,
    ),
    ownerBox: await sealOwnProfile(profile, account, keyring.roots[0]!.root, random),
    registrarBox: await sealProfileTo(trust.genesis.operator.boxKey, profile, account, random),
    keyring: await wrapKeyring(client, keyring, { handle, password, code }, random),
  });
  await trust.included(operation, answer.receipt);
  await trust.meet(client);
  await saveIdentity(store, identity);
  return { device: new Device(client, trust, identity, store, random, now), number: answer.number, code };
}

function newIdentity(role: Identity['role'], email: string, account: string, random: Surroundings['random']): Identity {
  return {
    account,
    role,
    email,
    device: newSigner(random),
    keyring: { account, roots: [{ version: 1, root: random(32) }], signIn: newSigner(random) },
    code: random(16),
  };
}

/** An operator to be: the identity stays on this device, the public part goes into the genesis. */
export async function newOperator(
  organisation: string,
  email: string,
  random: Surroundings['random'],
): Promise<{ identity: Identity; operator: Genesis['operator'] }> {
  await initPairing();
  const identity = newIdentity('operator', email, newId(random), random);
  const { A, B, boxKey } = personKeys(identity.keyring.roots[0]!.root, organisation);
  const [device, signIn] = await Promise.all([publicPart(identity.device), publicPart(identity.keyring.signIn)]);
  return { identity, operator: { account: identity.account, A, B, boxKey, device, signIn } };
}

/** Gives the operator, who was named in the genesis, a keyring on the running node, so that other devices can log in. */
export async function enrolOperator(surroundings: Surroundings, identity: Identity, password: string): Promise<Device> {
  const { node, store, random, now } = surroundings;
  await needNobody(store);
  const client = new Client(node);
  const trust = await Trust.of(client, store);
  const device = new Device(client, trust, identity, store, random, now);
  const handle = await lookupIndex(client, trust, emailFields(identity.email), random);
  const keyring = await wrapKeyring(client, identity.keyring, { handle, password, code: identity.code }, random);
  await putKeyring(device, keyring, new Uint8Array(32), handle);
  await saveIdentity(store, identity);
  return device;
}

/**
 * Signs in on a new device: password and account code open the keyring; its sign-in device adds this one. Throws
 * `login-refused`, `code-wrong`, `code-malformed`.
 */
export async function logIn(surroundings: Surroundings, email: string, password: string, code: Bytes): Promise<Device> {
  const { node, store, random, now } = surroundings;
  await needNobody(store);
  await initPairing();
  const client = new Client(node);
  const trust = await Trust.of(client, store);
  const handle = await lookupIndex(client, trust, emailFields(email), random);
  const { keyring } = await unwrapKeyring(client, { handle, password, code });
  const { account, signIn } = keyring;
  const device = newSigner(random);
  const operation = await signedOperation(
    trust.network,
    account,
    signIn,
    'device.add',
    { device: await publicPart(device) },
    newId(random),
  );
  client.signIn(() => openSession(client, trust.network, account, signIn));
  const { receipts } = await client.call('submit', { operations: [operation] });
  await trust.included(operation, receipts[0]!);
  await trust.meet(client);
  client.signIn(() => openSession(client, trust.network, account, device));
  const { role } = await client.call('me', {});
  const identity: Identity = { account, role, email, device, keyring, code };
  await saveIdentity(store, identity);
  // What came before this device: with it, it is as good as an older one should the server be restored.
  await trust.follow(client, account);
  return new Device(client, trust, identity, store, random, now);
}

/** My account as the node and the ledger know it, with my own profile opened. */
export async function whoAmI(device: Device) {
  const { ownerBox, ...account } = await device.client.call('me', {});
  let profile: Profile | undefined;
  for (const { root } of device.identity.keyring.roots)
    profile ??= await openOwnProfile(ownerBox, device.account, root);
  return { ...account, profile };
}

/**
 * Revokes a device of mine: the account moves to a new root, sign-in device and account code, so that what the device
 * knew opens nothing new. What it added from height `since` on goes with it: everything it ever added, unless told, for a
 * thief adds devices first; but for what this device itself comes from. Gives the device with its new identity. Throws `device-unknown`, `device-last`, `login-refused`.
 */
export async function revokeDevice(
  device: Device,
  revoked: string,
  password: string,
  since?: number,
): Promise<{ device: Device; code: Bytes }> {
  const { client, trust, store, random, now, identity } = device;
  const handle = await lookupIndex(client, trust, emailFields(identity.email), random);
  const before = await unwrapKeyring(client, { handle, password, code: identity.code });
  await device.submit('device.revoke', { device: revoked, since: since ?? (await sinceAdded(device, revoked)) });
  const root = random(32);
  const keys = personKeys(root, organisationOf(trust));
  const signIn = newSigner(random);
  const code = random(16);
  const roots = [...identity.keyring.roots, { version: device.keysVersion + 1, root }];
  const renewed: Identity = { ...identity, keyring: { account: identity.account, roots, signIn }, code };
  const possession = provePossession({ network: trust.network, account: identity.account, keys }, random);
  // On this device first: a crash behind the operation must not lose the only copy of the new root.
  await saveIdentity(store, renewed);
  await device.submit('account.rotate', {
    A: keys.A,
    B: keys.B,
    boxKey: keys.boxKey,
    possession: possession.proof,
    signIn: await publicPart(signIn),
  });
  const keyring = await wrapKeyring(client, renewed.keyring, { handle, password, code }, random);
  const moved = new Device(client, trust, renewed, store, random, now);
  await putKeyring(moved, keyring, sha256(before.wrapped));
  if (identity.role === 'patient') await resealOwnerBoxes(moved);
  return { device: moved, code };
}

/**
 * Puts this device's keyring on the server again, in place of the older one that a restored backup brought back: without it
 * nobody logs in on another device. Only from a device that has the account's newest keys. Throws `keyring-older`, `login-refused`.
 */
export async function renewKeyring(device: Device, password: string): Promise<void> {
  const { client, trust, random, identity } = device;
  const { keysVersion, devices } = await accountState(device, device.account);
  if (keysVersion !== device.keysVersion || !devices.includes(identity.keyring.signIn.id))
    throw sdkError('keyring-older');
  const handle = await lookupIndex(client, trust, emailFields(identity.email), random);
  const { wrapped } = await fetchKeyring(client, { handle, password });
  const keyring = await wrapKeyring(client, identity.keyring, { handle, password, code: identity.code }, random);
  await putKeyring(device, keyring, sha256(wrapped));
}

/** Sends a wrapped keyring, signed by the device. */
async function putKeyring(
  device: Device,
  keyring: { registration: string; wrapped: Bytes },
  replaces: Bytes,
  handle?: Bytes,
): Promise<void> {
  const signature = await sign(device.identity.device.seed, keyringMessage(device.trust.network, replaces, keyring));
  await device.client.call('replaceKeyring', { keyring, replaces, signature, ...(handle ? { handle } : {}) });
}

/**
 * From which height on what a device added is to go with it: from its own beginning, or, where this device comes from it,
 * from behind what this device comes from.
 */
async function sinceAdded(device: Device, revoked: string): Promise<number> {
  const { devices } = await accountState(device, device.account);
  const held = await device.trust.read(
    device.client,
    devices.map((id) => deviceKey(device.account, id)),
  );
  const added = new Map(devices.map((id, i) => [id, held[i]]));
  for (let id = device.identity.device.id; ; ) {
    const entry = added.get(id);
    if (!entry || entry.addedBy === id) return added.get(revoked)?.addedAt ?? 0;
    if (entry.addedBy === revoked) return entry.addedAt + 1;
    id = entry.addedBy;
  }
}

/** An account as the ledger has it: keys, devices, status. Throws `account-unknown`. */
export async function accountState(device: Device, account: string): Promise<Account> {
  const [held] = await device.trust.read(device.client, [accountKey(account)]);
  if (!held) throw sdkError('account-unknown', { account });
  return held;
}
