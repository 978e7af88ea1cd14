import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

const BIN = fileURLToPath(new URL('../../apps/cli/bin/salus.js', import.meta.url));

/** One line of the command line's output. */
export type Line = Record<string, unknown>;

/** Runs `salus …  --json` to its end. */
export async function salus(
  args: string[],
  env: Record<string, string> = {},
): Promise<{ code: number; lines: Line[] }> {
  const child = started(args, env);
  const lines: Line[] = [];
  for await (const line of createInterface({ input: child.stdout! })) lines.push(JSON.parse(line) as Line);
  const [code] = child.exitCode === null ? await once(child, 'exit') : [child.exitCode];
  return { code: code as number, lines };
}

/** Runs `salus …` until `killing` says so; gives whether that was before its end. */
export async function salusKilled(
  args: string[],
  env: Record<string, string>,
  killing: (kill: () => void) => () => void,
): Promise<boolean> {
  const child = started(args, env);
  child.stdout!.resume();
  const stop = killing(() => child.kill('SIGKILL'));
  const [, signal] = await once(child, 'exit');
  stop();
  return signal === 'SIGKILL';
}

const started = (args: string[], env: Record<string, string>): ChildProcess =>
  spawn(process.execPath, [BIN, ...args, '--json'], {
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'inherit'],
  });

/** A node in a process of its own, which can be killed without warning and started again. */
export class NodeProgram {
  #child: ChildProcess | undefined;
  url = '';
  /** What it said before it answered: the recovery key, when it founded. */
  said: Line[] = [];

  constructor(readonly home: string) {}

  /** Resolves when the node answers; the same port each time. Throws with its error where it does not start. */
  async start(args: string[] = [], env: Record<string, string> = {}): Promise<void> {
    const port = this.url ? new URL(this.url).port : '0';
    const child = started(['node', '--port', port, ...args], { ...env, SALUS_HOME: this.home });
    this.#child = child;
    for await (const line of createInterface({ input: child.stdout! })) {
      const said = JSON.parse(line) as { url?: string; code?: string; message?: string };
      this.said.push(said);
      if (said.message) throw Object.assign(new Error(said.message), { code: said.code });
      if (!said.url) continue;
      this.url = said.url;
      child.stdout!.resume();
      return;
    }
    throw new Error('the node ended before it answered');
  }

  /** SIGKILL: nothing is finished, nothing is closed. */
  kill = (): Promise<void> => this.#end('SIGKILL');
  stop = (): Promise<void> => this.#end('SIGTERM');

  async #end(signal: NodeJS.Signals): Promise<void> {
    const child = this.#child;
    this.#child = undefined;
    if (!child || child.exitCode !== null || child.signalCode !== null) return;
    const ended = once(child, 'exit');
    child.kill(signal);
    await ended;
  }
}
