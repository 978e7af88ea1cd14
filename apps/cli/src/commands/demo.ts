import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { isSalusError } from '@salus/base';
import { type Command, type Line, textOf } from '../command.ts';
import { consent, open, request, search, verifyRequestStep } from '../demo/asking.ts';
import { damageNamed, storesChecked } from '../demo/checking.ts';
import { delegateOpen, delegateRefused, delegateSearch, delegateStep } from '../demo/delegating.ts';
import { log, restart, revoke, revokedRefused, verifyLedgerStep } from '../demo/ending.ts';
import { invisible } from '../demo/invisible.ts';
import { activateStep, assignStep, register } from '../demo/joining.ts';
import { cloudDamaged, cloudLost, repaired } from '../demo/losing.ts';
import { makeFiles } from '../demo/madeFiles.ts';
import { NodeProcess } from '../demo/nodeProcess.ts';
import type { People } from '../demo/people.ts';
import { seal } from '../demo/sealing.ts';
import { type Step, type Story, StoryFailed } from '../demo/story.ts';
import { cliError } from '../errors.ts';
import { filesBelow } from '../files.ts';

const STEPS: readonly Step[] = [
  register,
  activateStep,
  assignStep,
  seal,
  request,
  verifyRequestStep,
  consent,
  search,
  open,
  delegateStep,
  delegateSearch,
  delegateOpen,
  delegateRefused,
  invisible,
  storesChecked,
  cloudLost,
  cloudDamaged,
  damageNamed,
  repaired,
  revoke,
  revokedRefused,
  log,
  verifyLedgerStep,
  restart,
];

export const demo: Command = {
  name: 'demo',
  summary: 'The whole story on a fresh temporary home, a line per step; 0 only if everything holds',
  usage: '[--files DIR] [--keep]',
  example: 'salus demo --json --files ~/documents',
  options: {
    files: { type: 'string', help: 'folder whose files the patient uploads (default: made ones)' },
    keep: { type: 'boolean', help: 'leave the temporary home' },
  },
  async *run({ values }) {
    const home = await mkdtemp(join(tmpdir(), 'salus-demo-'));
    const given = textOf(values, 'files');
    const filesDirectory = given ? resolve(given) : join(home, 'files');
    const node = new NodeProcess(home);
    try {
      if (!given) await makeFiles(filesDirectory);
      if ((await filesBelow(filesDirectory)).length === 0)
        throw cliError('argument-wrong', { why: `There are no files below ${filesDirectory}.` });
      const story: Story = {
        home,
        filesDirectory,
        node,
        url: '',
        people: {} as People,
        files: [],
        request: '',
        delegation: '',
      };
      yield* tell(story);
    } finally {
      await node.stop();
      if (!values.keep) await rm(home, { recursive: true, force: true });
    }
  },
};

/** Runs the steps in order; the first whose claim does not hold ends the story. */
async function* tell(story: Story): AsyncGenerator<Line> {
  for (const step of STEPS) {
    try {
      yield { step: step.name, ok: true, ...(await step.run(story)) };
    } catch (thrown) {
      if (!(thrown instanceof StoryFailed) && !isSalusError(thrown)) throw thrown;
      yield {
        step: step.name,
        ok: false,
        why: thrown.message,
        ...(isSalusError(thrown) ? { code: thrown.code, facts: thrown.facts } : {}),
      };
      return;
    }
  }
}
