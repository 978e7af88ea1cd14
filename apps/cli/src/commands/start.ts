import { join } from 'node:path';
import { isFounded, startNode } from '@salus/node';
import { type Command, textOf } from '../command.ts';
import { foundDemo, readDemo } from '../demoAccounts.ts';
import { PORTAL } from '../portal.ts';
import { nodeStart, serve } from './node.ts';

export const start: Command = {
  name: 'start',
  summary: 'Start the embedded system; on the first start with demo accounts',
  usage: '[--no-demo] [--port 8480]',
  example: 'salus start',
  options: {
    'no-demo': { type: 'boolean', help: 'an empty system: its operator is created at the prompt' },
    port: { type: 'string', help: 'port to listen on' },
  },
  async *run(invocation) {
    const { values, io } = invocation;
    if (values['no-demo']) {
      yield* nodeStart.run(invocation);
      return;
    }
    const port = Number(textOf(values, 'port') ?? io.env.SALUS_PORT ?? 8480);
    const demo = join(io.home, 'demo.json');
    if (await isFounded(io.home)) {
      const running = await startNode({ home: io.home, port, portal: PORTAL });
      if (await readDemo(demo)) yield { demo, note: 'Demo accounts, their passwords and codes are in this file.' };
      yield* serve(running);
      return;
    }
    const { running, accounts } = await foundDemo(io, port, demo);
    for (const account of accounts) yield { ...account };
    yield { demo, note: 'Shown once; kept in this file, readable by you alone.' };
    yield* serve(running);
  },
};
