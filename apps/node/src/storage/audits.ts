import { LIMITS } from '@salus/api';
import { hex, newId } from '@salus/base';
import { type Audit, nonceCommitment } from '@salus/contracts';
import { type JudgedCloud, judge, type PieceReader } from '@salus/ledger';
import { repairAll } from '../cloudCare.ts';
import type { NodeContext } from '../context.ts';
import { regularly } from '../regularly.ts';
import { answered } from './pieceReader.ts';
import { answerAudit, challengeOf } from './prover.ts';
import { storedClouds } from './storedClouds.ts';

/** Audits on the ledger, in the order of their ids, a page at a time. */
export function listAudits({ ledger }: NodeContext, after = '') {
  const page = ledger.list('audit/', after && `audit/${after}`, LIMITS.page);
  const audits = page.map(({ key, value }) => {
    const { by, begunAt, clouds, sample, status, judgedAt, verdicts } = value as Audit;
    const found = verdicts.map(({ cloud, finding }) => ({ cloud, finding }));
    return { audit: key.slice('audit/'.length), by, begunAt, clouds, sample, status, judgedAt, verdicts: found };
  });
  return { audits, next: page.length === LIMITS.page ? audits.at(-1)!.audit : null };
}

/**
 * The node checks its clouds by itself, as any auditor would: it asks what the ledger names, proves, fetches some pieces
 * whole, and writes down what it found. What was lost is looked for everywhere and made again. Gives what was found of each
 * cloud; nothing where nothing is committed. It shows the organisation what its clouds do; that the node is honest, only
 * somebody else's audit shows.
 */
export async function auditOwnClouds(node: NodeContext, sample: number, signal: AbortSignal): Promise<JudgedCloud[]> {
  const draining = new Set((await node.clouds.status()).stores.filter((one) => one.draining).map(({ name }) => name));
  const clouds = [...storedClouds(node)].filter(([name, { blocks }]) => blocks > 0 && !draining.has(name));
  if (clouds.length === 0) return [];
  const audit = newId(node.random);
  const nonce = node.random(32);
  const names = clouds.map(([name]) => name);
  const { storage } = node;
  await storage.submit('audit.begin', { audit, commitment: nonceCommitment(audit, nonce), clouds: names, sample });
  await storage.submit('audit.reveal', { audit, nonce });
  const challenge = challengeOf(node, audit);
  const answer = await answerAudit(node, audit, signal);
  const again = async () => challengeOf(node, audit);
  const judged = await judge(challenge, answer, readerOf(node), { random: node.random, again });
  const verdicts = judged.map(({ cloud, finding }, i) => ({ cloud, missing: answer.missing[i]!, finding }));
  await storage.submit('audit.result', { audit, proof: answer.proof, verdicts });
  if (judged.some(({ finding }) => finding === 'lost')) await repairAll(node, true);
  return judged;
}

const readerOf =
  ({ clouds }: Pick<NodeContext, 'clouds'>): PieceReader =>
  (cloud, { root, sizeBytes }) =>
    // One byte more, so that a longer object shows.
    answered(clouds.readPart(cloud, hex(root), { offset: 0, lengthBytes: sizeBytes + 1 }));

/** Looks so often whether the next audit is due: a node that is restarted every day audits all the same. */
const LOOK_MS = 60_000;

/** Audits by itself, so often, counted from the newest audit on the ledger. Returns how to stop: one under way is given up, and stays open on the ledger. */
export function auditRegularly(
  node: NodeContext,
  { auditEveryMs, auditBlocks }: { auditEveryMs: number; auditBlocks: number },
): () => Promise<void> {
  const given = new AbortController();
  let tried = 0;
  const isDue = () => {
    const judged = [...storedClouds(node).values()].map(({ checked }) => checked?.time ?? 0);
    return node.now() >= Math.max(tried, ...judged) + auditEveryMs;
  };
  const work = async () => {
    if (!node.storage.isSetUp || !isDue()) return;
    tried = node.now();
    for (const judged of await auditOwnClouds(node, auditBlocks, given.signal)) node.log.info(judged, 'storage check');
  };
  const stop = regularly(node.log, { name: 'storage check', everyMs: Math.min(LOOK_MS, auditEveryMs), work });
  return () => {
    given.abort();
    return stop();
  };
}
