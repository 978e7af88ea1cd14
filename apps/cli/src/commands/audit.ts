import { join } from 'node:path';
import { openPieceReader, type PieceAccess } from '@salus/node';
import {
  type Device,
  listAudits,
  repairClouds,
  runAudit,
  setUpStorageChecks,
  tagPieces,
  type VerifiedAudit,
  verifyAuditIn,
  verifyAuditOf,
} from '@salus/sdk';
import { type Command, type Line, listOf, type Option, textOf, type Values } from '../command.ts';
import { cliError } from '../errors.ts';
import type { Io } from '../io.ts';
import { readLog } from '../readLog.ts';

const STORES: Option = {
  type: 'string',
  help: 'a JSON file with stores as in node.json, which may name credentials that only read (default: that of this home)',
};

/** The clouds as the auditor reads them: closed when the work is done. */
async function* withClouds(io: Io, values: Values, work: (access: PieceAccess) => AsyncIterable<Line>) {
  const access = await openPieceReader(textOf(values, 'stores') ?? join(io.home, 'node', 'node.json'), io.home);
  try {
    yield* work(access);
  } finally {
    await access.close();
  }
}

export const auditSetup: Command = {
  name: 'audit setup',
  summary: 'Have the node tag what it stores, so that anybody can check that the clouds hold it (operator)',
  usage: '',
  example: 'salus audit setup --profile operator',
  async *run({ io }) {
    const device = await io.device();
    const changed = await setUpStorageChecks(device);
    yield { ok: true, changed, ...(await tagPieces(device)) };
  },
};

export const auditRun: Command = {
  name: 'audit run',
  summary: 'Check that the clouds hold what they were given; the verdict goes on the ledger (operator)',
  usage: '[--stores FILE] [--clouds NAME,NAME] [--blocks 460] [--no-repair]',
  example: 'salus audit run --profile operator',
  options: {
    stores: STORES,
    clouds: { type: 'string', help: 'only these (default: all that hold something)' },
    blocks: { type: 'string', help: 'blocks of each cloud; 460 find a loss of 1 % with 99 %' },
    'no-repair': { type: 'boolean', help: 'leave what was lost as it is' },
  },
  async *run({ values, io }) {
    const sample = countOf(textOf(values, 'blocks'));
    const device = await io.device();
    yield* withClouds(io, values, async function* ({ read }) {
      await tagPieces(device);
      const clouds = listOf(values, 'clouds');
      const { audit, judged } = await runAudit(device, { read, ...(clouds.length > 0 && { clouds }), ...sample });
      for (const one of judged) yield { ...one, ...chanceOf(one) };
      const lost = judged.filter(({ finding }) => finding === 'lost').map(({ cloud }) => cloud);
      if (lost.length > 0 && !values['no-repair']) yield await repaired(device);
      yield { ok: judged.every(({ finding }) => finding === 'held'), audit, lost };
    });
  },
};

/** That the sample would have met a loss of 1 %; where it is all there is, any loss. */
const chanceOf = ({ total, sampled }: { total: number; sampled: number }) => ({
  findsLossOf1Percent: sampled === total ? 1 : Math.round((1 - 0.99 ** sampled) * 1e4) / 1e4,
});

async function repaired(device: Device): Promise<Line> {
  const { repaired, failed, damaged, missing } = await repairClouds(device);
  return { repaired, failed, damaged, missing };
}

function countOf(given: string | undefined): { sample?: number } {
  if (given === undefined) return {};
  const sample = Number(given);
  if (!Number.isInteger(sample) || sample < 1)
    throw cliError('argument-wrong', { why: `${given} is no number of blocks.` });
  return { sample };
}

export const auditVerify: Command = {
  name: 'audit verify',
  summary: 'Judge an audit again, from the ledger and from what this machine fetches from the clouds itself',
  usage: '[AUDIT] [--file BLOCKS.LOG] [--stores FILE]',
  example: 'salus audit verify --file .salus/node/ledger/blocks.log',
  options: {
    file: { type: 'string', help: 'read this block log, without any node (default: ask the node)' },
    stores: STORES,
  },
  async *run({ positionals: [audit], values, io }) {
    const file = textOf(values, 'file');
    const { random } = io.surroundings();
    yield* withClouds(io, values, async function* ({ read }) {
      const how = { read, random, ...(audit && { audit }) };
      if (!file) yield* verified(await verifyAuditOf(await io.device(), how));
      else {
        const { network, ...rest } = await verifyAuditIn(readLog(file), how);
        yield* verified(rest, { genesis: Buffer.from(network).toString('hex') });
      }
    });
  },
};

function* verified(
  { clouds, audit, by, outcome, begunTime, judgedTime }: VerifiedAudit,
  more: Line = {},
): Generator<Line> {
  for (const { said, finding, ...counts } of clouds) yield { ...counts, said, now: finding };
  const times = { begun: isoOf(begunTime), judged: judgedTime && isoOf(judgedTime) };
  yield { ok: outcome === 'confirmed', audit, by, outcome, ...times, ...more };
}

const isoOf = (time: number): string => new Date(time).toISOString();

export const auditList: Command = {
  name: 'audit list',
  summary: 'Audits on the ledger, and what they found (operator)',
  usage: '',
  example: 'salus audit list --profile operator',
  async *run({ io }) {
    const audits = await listAudits(await io.device());
    for (const { audit, by, status, judgedAt, sample, verdicts } of audits)
      yield {
        ...{ audit, by, status, sample, judged: judgedAt ? isoOf(judgedAt) : undefined },
        clouds: Object.fromEntries(verdicts.map(({ cloud, finding }) => [cloud, finding])),
      };
    yield { ok: true, audits: audits.length };
  },
};
