import { type Bytes, newId, type Random, type TimeMs } from '@salus/base';
import { type Finding, nonceCommitment, parseGenesis } from '@salus/contracts';
import { type JudgedCloud, judge, type PieceReader, StorageHistory, type ToldAudit } from '@salus/ledger/verifier';
import { SAMPLED_BLOCKS } from '@salus/schemes/keyless';
import { verifyHistory, verifyLedger } from './activity.ts';
import type { Device } from './device.ts';
import { sdkError } from './errors.ts';

/**
 * Sets storage checks up, or anew: the operator names the node's tagging key and the node's own device on the ledger. Gives
 * whether anything had to be done.
 */
export async function setUpStorageChecks(device: Device): Promise<boolean> {
  const { current, ...key } = await device.client.call('storageKey', {});
  if (!current) await device.submit('storage.key', key);
  return !current;
}

/** Has the node tag now what is new, step by step, and sums up what was done. It also goes on by itself. */
export async function tagPieces(device: Device) {
  const sum = { pieces: 0, blocks: 0, committed: 0, retired: 0 };
  for (;;) {
    const step = await device.client.call('tagPieces', {});
    for (const name of ['pieces', 'blocks', 'committed', 'retired'] as const) sum[name] += step[name];
    if (step.left === 0 || step.pieces === 0) return { ...sum, unread: step.unread, left: step.left };
  }
}

export interface AuditRequest {
  /** Reads objects from the clouds themselves, with credentials of the auditor's own. */
  read: PieceReader;
  /** Every cloud that holds something, and is not being emptied, unless told. */
  clouds?: string[];
  /** Blocks of each cloud; 460 unless told. */
  sample?: number;
}

/** What an audit came to. */
export interface AuditOutcome {
  audit: string;
  judged: JudgedCloud[];
}

/**
 * Runs an audit: commits to a nonce, shows it in a later block, has the node prove what follows from both, and judges that
 * on this device, which derives from the ledger what was asked, and fetches some pieces from the clouds itself. The verdict
 * is written on the ledger. Costs a pass over the whole ledger, another where something is gone. Throws `nothing-stored` where nothing is committed.
 */
export async function runAudit(device: Device, { read, clouds, sample = SAMPLED_BLOCKS }: AuditRequest) {
  const audited = clouds ?? (await cloudsToAudit(device));
  if (audited.length === 0) throw sdkError('nothing-stored');
  const audit = newId(device.random);
  const nonce = device.random(32);
  const commitment = nonceCommitment(audit, nonce);
  await device.submit('audit.begin', { audit, commitment, clouds: audited, sample });
  await device.submit('audit.reveal', { audit, nonce });
  const derived = async () => (await historyFrom(device)).challenge(audit);
  const challenge = await derived();
  if (!challenge) throw sdkError('answer-dishonest', { why: 'the audit is left out' });
  const answer = await device.client.call('proveStorage', { audit });
  const judged = await judge(challenge, answer, read, { random: device.random, again: derived });
  const verdicts = judged.map(({ cloud, finding }, i) => ({
    ...{ cloud, finding },
    missing: answer.missing[i] ?? new Uint8Array(0),
  }));
  await device.submit('audit.result', { audit, proof: answer.proof, verdicts });
  return { audit, judged } satisfies AuditOutcome;
}

async function cloudsToAudit(device: Device): Promise<string[]> {
  const { stores } = await device.client.call('cloudStatus', {});
  return stores.filter(({ blocks, draining }) => blocks > 0 && !draining).map(({ name }) => name);
}

async function historyFrom(device: Device): Promise<StorageHistory> {
  const history = new StorageHistory(device.trust.genesis.organisation.name);
  await verifyLedger(device, (block) => history.add(block));
  return history;
}

/** Audits on the ledger, newest last. */
export async function listAudits(device: Device) {
  const audits = [];
  for (let after: string | undefined; ; ) {
    const page = await device.client.call('audits', after ? { after } : {});
    audits.push(...page.audits);
    if (page.next === null) return audits.sort((a, b) => a.begunAt - b.begunAt);
    after = page.next;
  }
}

/** An audit judged again. */
export interface VerifiedAudit {
  audit: string;
  by: ToldAudit['by'];
  begunTime: TimeMs;
  judgedTime: TimeMs | undefined;
  /** `open`: its nonce, or its verdict, is still owed. `refuted`: it says that a cloud holds what its proof or the cloud does not show. */
  outcome: 'confirmed' | 'refuted' | 'open';
  clouds: (JudgedCloud & { said: Finding })[];
}

/**
 * Judges an audit again from the ledger alone, and from what is fetched from the clouds here and now: the blocks that the
 * proof names, and as many that this machine draws. Of a verdict that a cloud had lost something only what can be seen is
 * told: it may have been repaired since.
 */
async function verifyAudit(
  history: StorageHistory,
  { audit, by, begunTime, judgedTime, status, proof, verdicts }: ToldAudit,
  read: PieceReader,
  random: Random,
): Promise<VerifiedAudit> {
  const told = { audit, by, begunTime, judgedTime };
  const challenge = history.challenge(audit);
  if (!challenge || status !== 'judged') return { ...told, outcome: 'open', clouds: [] };
  const missing = verdicts.map((verdict) => verdict.missing);
  const judged = await judge(challenge, { proof, missing }, read, { random, over: true });
  const clouds = judged.map((cloud, i) => ({ ...cloud, said: verdicts[i]!.finding }));
  const refuted = clouds.some(({ said, finding }) => said === 'held' && (finding === 'lost' || finding === 'unproven'));
  return { ...told, outcome: refuted ? 'refuted' : 'confirmed', clouds };
}

export interface Verification {
  read: PieceReader;
  random: Random;
  /** One audit; the newest that was judged unless told. */
  audit?: string;
}

/** Verifies an audit on any machine, from a ledger's blocks. Gives the genesis hash it rests on, for the caller to compare. Throws `audit-unknown`. */
export async function verifyAuditIn(
  ledger: { genesisBytes: Bytes; blocks: Iterable<Bytes> },
  how: Verification,
): Promise<VerifiedAudit & { network: Bytes }> {
  const history = new StorageHistory(parseGenesis(ledger.genesisBytes).organisation.name);
  const { network } = await verifyHistory(ledger, (block) => history.add(block));
  return { ...(await verifyIn(history, how)), network };
}

/** The same from the ledger of the node that this device knows. */
export async function verifyAuditOf(device: Device, how: Verification): Promise<VerifiedAudit> {
  return verifyIn(await historyFrom(device), how);
}

async function verifyIn(history: StorageHistory, { audit, read, random }: Verification): Promise<VerifiedAudit> {
  const all = history.audits();
  const chosen = audit ? all.find((one) => one.audit === audit) : all.findLast(({ status }) => status === 'judged');
  if (!chosen) throw sdkError('audit-unknown', { audit: audit ?? 'judged' });
  return verifyAudit(history, chosen, read, random);
}
