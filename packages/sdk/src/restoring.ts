import { isSalusError } from '@salus/base';
import { accountKey, deviceKey, parseOperation, relationKey, requestKey } from '@salus/contracts';
import { verifyRestoration } from '@salus/ledger/verifier';
import { initPairing } from '@salus/schemes/keyless';
import { openExisting } from './access.ts';
import { accountState } from './account.ts';
import { type CaughtUp, caughtUp, keepCaughtUp, type MissingOperation } from './caughtUp.ts';
import { Client } from './client.ts';
import { Device, type Surroundings } from './device.ts';
import type { Kept } from './drawer.ts';
import { sdkError } from './errors.ts';
import { loadIdentity } from './identity.ts';
import { forgetChannels } from './searching.ts';
import { type SentAgain, sendAgain, show } from './sendingAgain.ts';
import { Trust } from './trust.ts';

/**
 * Goes on with a server that was restored from an older backup. Only for a person whom the hospital told so, and not the
 * server alone: a server that is put back on purpose has forgotten what it should know. Sends again what this profile knows
 * and the server lost, shows the newest header seen, and only then believes what continues the restored ledger; a crash in
 * between changes nothing, and doing it again is harmless. Throws `not-restored`, `device-forgotten`, `kept-too-little`
 * unless `incomplete` is given, `proof-refused` where the ledger does not continue what it says it was restored to.
 */
export async function acceptRestored(
  { node, store, random, now }: Surroundings,
  { incomplete = false }: { incomplete?: boolean } = {},
): Promise<CaughtUp> {
  await initPairing();
  const identity = await loadIdentity(store);
  const client = new Client(node);
  const trust = await Trust.of(client, store);
  if (!trust.restoration) throw sdkError('not-restored');
  const device = new Device(client, trust, identity, store, random, now);
  const from = trust.forkedAt ?? trust.restoration.header.height;
  if (!incomplete && !(await trust.journal.wholeAbove(from))) throw sdkError('kept-too-little');
  try {
    return await catchUp(device, from);
  } catch (thrown) {
    if (isSalusError(thrown, 'session-refused', 'session-expired')) throw sdkError('device-forgotten');
    throw thrown;
  }
}

/**
 * At every contact: goes on catching up, then fetches what concerns this account and forgets what backups cover. Where the
 * server was restored to something that this device had not gone beyond, there is nothing to accept and it shows so by
 * itself. Gives the report where something of it changed.
 */
export async function keepUp(device: Device): Promise<CaughtUp | undefined> {
  const { trust, store } = device;
  try {
    const { restoration } = trust;
    const before = await caughtUp(store);
    let report: CaughtUp | undefined;
    if (restoration && before?.restoration !== restoration.id)
      report = await catchUp(device, restoration.header.height);
    else if (restoration && before) report = await goOn(device, before);
    await device.follow();
    return report;
  } catch (thrown) {
    // A closed account, a device that was revoked: whatever its person does next says so. Keeping up is never in the way.
    if (isSalusError(thrown)) return undefined;
    throw thrown;
  }
}

/** Whether the server was restored since this device met it. Throws `node-unreachable`, `proof-refused`. */
export async function restoredSince({ client, trust }: Device): Promise<boolean> {
  const { restoration } = await client.call('network', {});
  if (!restoration) return false;
  return (await verifyRestoration(restoration, trust)).id !== trust.restoration?.id;
}

/** Sends again, shows, notes what came of it, and only then begins anew from the restored header. */
async function catchUp(device: Device, from: number): Promise<CaughtUp> {
  const { trust, store } = device;
  const { id, backedUpAt, restoredAt, headerBytes } = trust.restoration!;
  const kept = await trust.journal.above(from);
  const sent = await sendAgain(device, kept);
  if (device.identity.role === 'operator') await writeDown(device);
  const waitingFor = await show(device, id, (await trust.newestSigned()) ?? headerBytes);
  const before = await caughtUp(store);
  const report: CaughtUp = {
    restoration: id,
    backedUpAt,
    restoredAt,
    // The same again after a crash: what was taken the first time counts too.
    sentAgain: sent.taken + (before?.restoration === id ? before.sentAgain : 0),
    ...leftOf(device, kept, sent),
    reopen: agreedIn(device, kept),
    waitingFor: waitingFor ?? [],
    addedSince: [],
    renewed: mineIn(device, kept).some(({ type }) => type === 'account.rotate'),
    shown: waitingFor !== undefined,
  };
  const repeated = before?.restoration === id && kept.length === 0;
  await keepCaughtUp(store, repeated ? { ...before, waitingFor: report.waitingFor, shown: report.shown } : report);
  await forgetChannels(store);
  if (trust.forkedAt !== undefined) await trust.startOver(device.client);
  const noted = { ...(await caughtUp(store))!, addedSince: await addedSince(device) };
  await keepCaughtUp(store, noted);
  return (await goOn(device, noted)) ?? noted;
}

/** Writes the restore on the ledger. Under the restoration's own id, so it stands there once, whichever device came first. */
async function writeDown(device: Device): Promise<void> {
  const { id, header, backedUpAt, restoredAt } = device.trust.restoration!;
  const body = { restoration: id, height: header.height, backedUpAt, restoredAt };
  const { bytes } = await device.operation('node.restored', body, id);
  await device.client.call('resend', { operations: [bytes] });
}

/** What was not taken: what can never be, and what may rest on something that others still send. */
function leftOf(device: Device, kept: readonly Kept[], { refused }: SentAgain): Pick<CaughtUp, 'missing' | 'pending'> {
  const mine = kept.filter(
    ({ id, operation }) => refused.has(id) && parseOperation(operation).operation.account === device.account,
  );
  const lost = mine.filter(({ id }) => refused.get(id) === 'content-missing');
  return {
    missing: lost.map((one) => missingOf(one, 'content-missing')),
    pending: mine.filter((one) => !lost.includes(one)),
  };
}

function missingOf({ id, operation, title }: Kept, code: string): MissingOperation {
  const { type, body } = parseOperation(operation).operation;
  const record = 'record' in body ? { record: body.record } : {};
  return { type, operation: id, code, ...record, ...(title ? { title } : {}) };
}

const mineIn = (device: Device, kept: readonly Kept[]) =>
  kept.map(({ operation }) => parseOperation(operation).operation).filter(({ account }) => account === device.account);

/** Requests that this patient had agreed to. */
const agreedIn = (device: Device, kept: readonly Kept[]): string[] =>
  mineIn(device, kept).flatMap((one) => (one.type === 'consent.give' ? [one.body.request] : []));

async function addedSince(device: Device): Promise<string[]> {
  const { trust, client, account, identity } = device;
  const { devices } = await accountState(device, account);
  const held = await trust.read(
    client,
    devices.map((id) => deviceKey(account, id)),
  );
  const { height } = trust.restoration!.header;
  const mine = [identity.device.id, identity.keyring.signIn.id];
  return devices.filter((id, i) => held[i]!.addedAt > height && !mine.includes(id));
}

/**
 * What is left of catching up, at a later contact: sends again what did not fit yet, gives up on it after two weeks, and
 * once the server waits for nobody opens existing records again to whom they had been opened. Undefined where nothing changed.
 */
async function goOn(device: Device, report: CaughtUp): Promise<CaughtUp | undefined> {
  const { store } = device;
  const { pending, reopen, waitingFor, restoration } = report;
  if (pending.length + reopen.length + waitingFor.length === 0) return undefined;
  const sent = await sendAgain(device, pending);
  const header = (await device.trust.newestSigned())!;
  const waiting = report.shown ? await show(device, restoration, header) : [];
  const left = pending.filter(({ id }) => sent.refused.has(id));
  const late = device.now() > report.restoredAt + OTHERS_MS;
  const given = late ? left : [];
  const now: CaughtUp = {
    ...report,
    sentAgain: report.sentAgain + sent.taken,
    pending: late ? [] : left,
    missing: [...report.missing, ...given.map((one) => missingOf(one, sent.refused.get(one.id)!))],
    waitingFor: waiting ?? waitingFor,
  };
  await keepCaughtUp(store, now);
  const changed = sent.taken > 0 || given.length > 0 || now.waitingFor.length < waitingFor.length;
  if (now.waitingFor.length > 0) return changed ? now : undefined;
  const later = agreedIn(device, now.pending);
  const agreed = reopen.filter((request) => !later.includes(request));
  for (const request of agreed) await openAgain(device, request);
  await keepCaughtUp(store, { ...now, reopen: later });
  return changed || agreed.length > 0 ? { ...now, reopen: later } : undefined;
}

// As long as a request stays open: until then whoever made it may come and send it again.
const OTHERS_MS = 14 * 86_400_000;

/** Slots and entries of existing records, where the consent that answered a request stands and covers them. */
async function openAgain(device: Device, request: string): Promise<void> {
  const { trust, client, account } = device;
  const [asked] = await trust.read(client, [requestKey(request)]);
  if (!asked) return;
  const [relation] = await trust.read(client, [relationKey(account, asked.doctor)]);
  const [keys] = await trust.read(client, [accountKey(asked.doctor)]);
  const grant = relation?.grant;
  const stands = grant?.status === 'active' && device.time < grant.until && relation?.request === request;
  if (keys && stands && grant.existing) await openExisting(device, { account: asked.doctor, keys, grant });
}
