import { historyOf, verifyHistory, verifyLedger } from '@salus/sdk';
import { type Command, textOf } from '../command.ts';
import { historyLine } from '../historyLine.ts';
import { readLog } from '../readLog.ts';

export const log: Command = {
  name: 'log',
  summary: 'Everything that concerns me: who looked at what, when and why; complete, and checked here',
  usage: '[--account ACCOUNT]',
  example: 'salus log --profile meera',
  options: { account: { type: 'string', help: 'another account (operator)' } },
  async *run({ values, io }) {
    const device = await io.device();
    const history = await historyOf(device, textOf(values, 'account') ?? device.account);
    for (const event of history) yield historyLine(event);
    yield { ok: true, events: history.length, complete: true };
  },
};

export const verify: Command = {
  name: 'verify',
  summary: 'Derive the whole ledger again from its first block, believing only the genesis',
  usage: '[--file BLOCKS.LOG]',
  example: 'salus verify --file .salus/node/ledger/blocks.log',
  options: { file: { type: 'string', help: 'read this block log, without any node (default: ask the node)' } },
  async *run({ values, io }) {
    const file = textOf(values, 'file');
    const hexadecimal = (bytes: Uint8Array) => Buffer.from(bytes).toString('hex');
    if (file) {
      const { height, logSize, stateRoot, network } = await verifyHistory(readLog(file));
      yield { ok: true, height, operations: logSize, stateRoot: hexadecimal(stateRoot), genesis: hexadecimal(network) };
      return;
    }
    const { height, logSize, stateRoot } = await verifyLedger(await io.device());
    yield { ok: true, height, operations: logSize, stateRoot: hexadecimal(stateRoot) };
  },
};
