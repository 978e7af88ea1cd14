import {
  addStore,
  cloudStatus,
  type Device,
  drainStore,
  keepStore,
  placeStore,
  removeStore,
  repairClouds,
} from '@salus/sdk';
import { type Command, type Line, textOf, type Values } from '../command.ts';
import { cliError } from '../errors.ts';
import { entryIn } from '../placeOf.ts';

async function* list(device: Device): AsyncGenerator<Line> {
  const { stores, ...sums } = await cloudStatus(device);
  for (const { placement, ...store } of stores) yield { ...store, ...placement };
  const away = stores.filter(({ reachable }) => !reachable).length;
  yield { ok: sums.degraded === 0 && away === 0, away, ...sums };
}

async function* repaired(device: Device): AsyncGenerator<Line> {
  const report = await repairClouds(device);
  yield { ok: report.failed === 0, ...report };
}

export const clouds: Command = {
  name: 'clouds',
  summary: 'State of the clouds; --repair looks at every piece and rebuilds what is missing or damaged (operator)',
  usage: '[--repair]',
  example: 'salus clouds --repair --profile operator',
  options: { repair: { type: 'boolean', help: 'scan everything and repair' } },
  async *run({ values, io }) {
    const device = await io.device();
    if (values.repair) yield* repaired(device);
    yield* list(device);
  },
};

export const cloudsList: Command = {
  name: 'clouds list',
  summary: 'State of each cloud, and what lies in it (operator)',
  usage: '',
  example: 'salus clouds list --profile operator',
  async *run({ io }) {
    yield* list(await io.device());
  },
};

export const cloudsRepair: Command = {
  name: 'clouds repair',
  summary: 'Look at every piece and rebuild what is missing or damaged (operator)',
  usage: '',
  example: 'salus clouds repair --profile operator',
  async *run({ io }) {
    yield* repaired(await io.device());
  },
};

export const cloudsAdd: Command = {
  name: 'clouds add',
  summary: 'Take a cloud in while everything runs; new pieces go there, too (operator)',
  usage: 'NAME (--folder PATH | --config FILE)',
  example: 'salus clouds add store-7 --folder clouds/7 --profile operator',
  options: {
    folder: { type: 'string', help: 'a folder of the server’s machine standing in for a cloud' },
    config: { type: 'string', help: 'a JSON file with the entry as in node.json, without its name' },
  },
  async *run({ positionals: [name], values, io }) {
    if (!name) throw cliError('argument-missing', { argument: 'NAME' });
    const folder = textOf(values, 'folder');
    const file = textOf(values, 'config');
    if (!folder && !file) throw cliError('argument-missing', { argument: '--folder or --config' });
    const entry = file ? await entryIn(file) : { folder };
    yield { ok: true, ...(await addStore(await io.device(), { ...entry, name })) };
  },
};

export const cloudsPlace: Command = {
  name: 'clouds place',
  summary: 'Say how much of what is new a cloud is given: by weight, price, region, capacity, or nothing (operator)',
  usage: 'NAME [--weight N] [--cost N] [--region NAME] [--capacity BYTES] [--never] [--usual]',
  example: 'salus clouds place store-2 --weight 2 --cost 0.02 --region de --profile operator',
  options: {
    weight: { type: 'string', help: 'twice the weight, twice the pieces, where there are more clouds than needed' },
    cost: { type: 'string', help: 'price of a gigabyte for a month: half the price, twice the pieces' },
    region: { type: 'string', help: 'what fails together: mostPerRegion in node.json bounds the pieces there' },
    capacity: { type: 'string', help: 'bytes that its pieces may take' },
    never: { type: 'boolean', help: 'give it nothing; what it has stays until it is drained' },
    usual: { type: 'boolean', help: 'forget first what was said before' },
  },
  async *run({ positionals: [name], values, io }) {
    if (!name) throw cliError('argument-missing', { argument: 'NAME' });
    const [weight, cost, capacityBytes] = ['weight', 'cost', 'capacity'].map((option) => numberOf(values, option));
    const region = textOf(values, 'region');
    const device = await io.device();
    const before = values.usual
      ? {}
      : (await cloudStatus(device)).stores.find((store) => store.name === name)?.placement;
    const said = Object.entries({ weight, cost, region, capacityBytes, never: values.never });
    const changes = Object.fromEntries(said.filter(([, value]) => value !== undefined));
    const set = await placeStore(device, name, { ...before, ...changes });
    yield { ok: true, name: set.name, ...set.placement };
  },
};

function numberOf(values: Values, option: string): number | undefined {
  const given = textOf(values, option);
  if (given === undefined) return undefined;
  const number = Number(given);
  if (given.trim() === '' || !(number > 0))
    throw cliError('argument-wrong', { why: `--${option} wants a number above 0` });
  return number;
}

export const cloudsDrain: Command = {
  name: 'clouds drain',
  summary: 'Empty a cloud into the others while everything runs; goes on by itself (operator)',
  usage: 'NAME [--stop]',
  example: 'salus clouds drain store-2 --profile operator',
  options: { stop: { type: 'boolean', help: 'leave it as it is; it takes pieces again' } },
  async *run({ positionals: [name], values, io }) {
    if (!name) throw cliError('argument-missing', { argument: 'NAME' });
    const device = await io.device();
    if (values.stop) {
      yield { ok: true, ...(await keepStore(device, name)) };
      return;
    }
    let left = 0;
    for await (const step of drainStore(device, name)) {
      left = step.left;
      yield { store: name, ...step };
    }
    yield { ok: left === 0, store: name, left };
  },
};

export const cloudsRemove: Command = {
  name: 'clouds remove',
  summary: 'Forget a cloud that is empty, or lost for good (operator)',
  usage: 'NAME [--lost]',
  example: 'salus clouds remove store-2 --profile operator',
  options: { lost: { type: 'boolean', help: 'it is gone with what it had; repair makes that again elsewhere' } },
  async *run({ positionals: [name], values, io }) {
    if (!name) throw cliError('argument-missing', { argument: 'NAME' });
    yield { ok: true, ...(await removeStore(await io.device(), name, values.lost === true)) };
  },
};
