import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

const PREPARE = new URL('../../tools/prepare.js', import.meta.url).href;
const PROGRAM = fileURLToPath(new URL('waitingNode.js', import.meta.url));

/**
 * A node in a process of its own, of which the next one is loaded while this one runs: killed, it is back in half a second.
 * What it runs is what was built.
 */
export class WaitingNode {
  #running: ChildProcess | undefined;
  #next: ChildProcess | undefined;
  url = '';

  constructor(readonly home: string) {}

  /** Resolves when it answers; the same port each time. Throws with its error where it does not start. */
  async start(): Promise<void> {
    if (!this.#next)
      await ((await import(PREPARE)) as { prepare(how: object): Promise<void> }).prepare({ quiet: true });
    const child = this.#next ?? load();
    this.#next = load();
    this.#running = child;
    const said = once(child, 'message');
    child.send({ home: this.home, port: this.url ? Number(new URL(this.url).port) : 0 });
    const [{ url, code, message }] = (await said) as [{ url?: string; code?: string; message?: string }];
    if (!url) throw Object.assign(new Error(message), { code });
    this.url = url;
  }

  /** SIGKILL: nothing is finished, nothing is closed. */
  kill = (): Promise<void> => end(this.#running, 'SIGKILL');

  /** Ends the running node properly, and the one that waits. */
  async stop(): Promise<void> {
    await Promise.all([end(this.#running, 'SIGTERM'), end(this.#next, 'SIGKILL')]);
    this.#next = undefined;
  }
}

/** Killed from outside it says what it has to say on its own output. */
const load = (): ChildProcess => fork(PROGRAM, { execArgv: [], stdio: ['ignore', 'ignore', 'inherit', 'ipc'] });

async function end(child: ChildProcess | undefined, signal: NodeJS.Signals): Promise<void> {
  if (!child || child.exitCode !== null || child.signalCode !== null) return;
  const ended = once(child, 'exit');
  child.kill(signal);
  await ended;
}
