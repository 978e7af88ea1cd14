import { activityOf, cloudStatus, repairClouds, verifyLedger } from '@salus/sdk';
import { type Command, textOf } from '../command.ts';

export const log: Command = {
  name: 'log',
  summary: 'Everything that concerns me: who looked at what, when and why; complete, and checked here',
  usage: '[--account ACCOUNT]',
  example: 'salus log --profile meera',
  options: { account: { type: 'string', help: 'another account (operator)' } },
  async *run({ values, io }) {
    const device = await io.device();
    const activity = await activityOf(device, textOf(values, 'account') ?? device.account);
    for (const { operation, height, time } of activity) {
      yield {
        time: new Date(time).toISOString(),
        what: operation.type,
        by: operation.account,
        height,
        operation: operation.id,
      };
    }
    yield { ok: true, events: activity.length, complete: true };
  },
};

export const verify: Command = {
  name: 'verify',
  summary: 'Derive the whole ledger again from its first block, believing only the genesis',
  usage: '',
  example: 'salus verify --profile operator',
  async *run({ io }) {
    const { height, logSize, stateRoot } = await verifyLedger(await io.device());
    yield { ok: true, height, operations: logSize, stateRoot: Buffer.from(stateRoot).toString('hex') };
  },
};

export const clouds: Command = {
  name: 'clouds',
  summary: 'State of the clouds; --repair looks at every piece and rebuilds what is missing or damaged (operator)',
  usage: '[--repair]',
  example: 'salus clouds --repair --profile operator',
  options: { repair: { type: 'boolean', help: 'scan everything and repair' } },
  async *run({ values, io }) {
    const device = await io.device();
    if (values.repair) {
      const report = await repairClouds(device);
      yield { ok: report.failed === 0, ...report };
    }
    const { stores, ...sums } = await cloudStatus(device);
    for (const store of stores) yield { ...store };
    yield { ok: sums.degraded === 0, ...sums };
  },
};
