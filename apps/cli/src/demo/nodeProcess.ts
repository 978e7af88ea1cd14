import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { cliError } from '../errors.ts';

const BIN = fileURLToPath(new URL('../../bin/salus.js', import.meta.url));
const START_MS = 60_000;

/** A node in a process of its own, so that it can be killed without warning. */
export class NodeProcess {
  #child: ChildProcess | undefined;

  constructor(readonly home: string) {}

  /** Starts the node and gives its address. The same port again after the first time. Throws `node-failed`. */
  async start(port = 0): Promise<string> {
    const child = spawn(process.execPath, [BIN, 'node', '--port', String(port), '--json'], {
      env: { ...process.env, SALUS_HOME: this.home },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    this.#child = child;
    let errors = '';
    child.stderr.on('data', (bytes: Buffer) => {
      errors = `${errors}${bytes}`.slice(-2_000);
    });
    const timer = setTimeout(() => child.kill('SIGKILL'), START_MS);
    try {
      for await (const line of createInterface({ input: child.stdout })) {
        const { url, message } = JSON.parse(line) as { url?: string; message?: string };
        if (url) return url;
        if (message) throw cliError('node-failed', { why: message });
      }
      throw cliError('node-failed', { why: errors || 'it ended' });
    } finally {
      clearTimeout(timer);
      child.stdout.resume();
    }
  }

  /** Ends the process at once, without warning. */
  async kill(): Promise<void> {
    await this.#end('SIGKILL');
  }

  /** Lets the node finish what is under way. */
  async stop(): Promise<void> {
    await this.#end('SIGTERM');
  }

  async #end(signal: NodeJS.Signals): Promise<void> {
    const child = this.#child;
    this.#child = undefined;
    if (!child || child.exitCode !== null || child.signalCode !== null) return;
    const ended = once(child, 'exit');
    child.kill(signal);
    await ended;
  }
}
