import { join } from 'node:path';
import { isFounded, markPutBack, type RunningNode, startNode } from '@salus/node';
import { type Command, type Line, textOf } from '../command.ts';
import { cliError } from '../errors.ts';
import { found } from '../founding.ts';
import { PORTAL } from '../portal.ts';
import { ask } from '../prompt.ts';

const portOf = (given: string | undefined): number | undefined => {
  if (given === undefined) return undefined;
  const port = Number(given);
  if (!Number.isInteger(port) || port < 0 || port > 65_535)
    throw cliError('argument-wrong', { why: `${given} is not a port.` });
  return port;
};

/** Runs until the process is told to stop; a second signal ends it at once. */
export async function* serve(running: RunningNode): AsyncGenerator<Line> {
  const stopped = new Promise<void>((resolve) => {
    const stop = () => void running.stop().then(resolve);
    process.once('SIGINT', stop).once('SIGTERM', stop);
  });
  const { url, lost, fix } = running;
  yield { ok: true, url, process: process.pid, ...(fix ? { lost, fix } : {}) };
  await stopped;
  yield { ok: true, stopped: true };
}

export const nodeStart: Command = {
  name: 'node',
  summary: 'Run a node; founds its network first where the home folder is empty',
  usage: '[--port 8480] [--organisation NAME] [--email OPERATOR]',
  example: 'salus node --port 8480',
  options: {
    port: { type: 'string', help: 'port to listen on (0: any free one)' },
    organisation: { type: 'string', help: 'name of the organisation, when founding' },
    email: { type: 'string', help: 'e-mail of its operator, when founding' },
  },
  async *run({ values, io }) {
    const port = portOf(textOf(values, 'port') ?? io.env.SALUS_PORT);
    if (await isFounded(io.home)) {
      yield* serve(await startNode({ home: io.home, portal: PORTAL, ...(port === undefined ? {} : { port }) }));
      return;
    }
    const organisation = textOf(values, 'organisation') ?? (await ask('Organisation: '));
    const email = textOf(values, 'email') ?? (await ask('Operator’s e-mail: '));
    const founded = await found(io, {
      organisation,
      email,
      password: await io.password('Operator’s password: '),
      ...(port === undefined ? {} : { port }),
    });
    yield {
      founded: true,
      organisation,
      profile: 'operator',
      code: founded.code,
      recoveryKey: founded.recoveryKey,
      keep: 'The recovery key is shown once. Whoever has it and a backup has the node’s keys.',
    };
    yield* serve(founded.running);
  },
};

export const TELL_EVERYBODY =
  'Nothing of a patient is opened before a device of theirs and one of the operator’s have been in contact. Tell everybody of the restore: their devices ask whether it is true.';

export const nodePutBack: Command = {
  name: 'node put-back',
  summary: 'Say that this home was put back by other means: a copied folder, a snapshot of the machine',
  usage: '',
  example: 'salus node put-back',
  async *run({ io }) {
    await markPutBack(io.home);
    yield { ok: true, restored: join(io.home, 'node'), note: TELL_EVERYBODY };
  },
};
