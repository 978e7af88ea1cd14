import { type ChildProcess, spawn } from 'node:child_process';
import { accessSync, constants } from 'node:fs';
import { connect, createServer } from 'node:net';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** Where `tools/provision.js` puts what no package manager of the system brings. */
const PEERS = fileURLToPath(new URL('../../../../.peers', import.meta.url));
const PLACES = [
  join(PEERS, 'bin'),
  join(PEERS, 'node_modules', '.bin'),
  '/usr/sbin',
  '/usr/bin',
  '/usr/local/sbin',
  '/usr/local/bin',
];
// A server that has not opened its port by then is not going to; most take a tenth of a second.
const START_LIMIT_MS = 30_000;
const POLL_MS = 20;

/** Path of a server's program; undefined where it is not installed. */
export function findProgram(name: string): string | undefined {
  return PLACES.map((place) => join(place, name)).find((path) => {
    try {
      accessSync(path, constants.X_OK);
      return true;
    } catch {
      return false;
    }
  });
}

/** Why a suite that needs these programs cannot run; undefined where it can. */
export function missingPrograms(...names: string[]): string | undefined {
  const missing = names.filter((name) => !findProgram(name));
  return missing.length === 0 ? undefined : `${missing.join(', ')} missing: node tools/provision.js installs them`;
}

/** So many ports of loopback that nobody listens on, one behind the other if `inRow`. */
export async function freePorts(count: number, host = '127.0.0.1'): Promise<number[]> {
  const servers = Array.from({ length: count }, () => createServer());
  const ports = await Promise.all(
    servers.map(
      (server) =>
        new Promise<number>((resolve, reject) => {
          server.once('error', reject);
          server.listen(0, host, () => resolve((server.address() as { port: number }).port));
        }),
    ),
  );
  await Promise.all(servers.map((server) => new Promise((resolve) => server.close(resolve))));
  return ports;
}

/** A program that was started and has opened its ports. */
export interface RunningProgram {
  /** Ends it, by its process id, and waits until it has ended. */
  stop(): Promise<void>;
  /** Ends it without warning. For programs of one process. */
  kill(): Promise<void>;
  /** Starts it again as it was started, once it has ended. */
  again(): Promise<void>;
}

interface Start {
  args: string[];
  env?: Record<string, string>;
  /** Ports of loopback that it opens when it is ready. */
  ports: number[];
}

/** Starts an installed program in the foreground. Throws what it printed where it ends or opens no port. */
export async function startProgram(name: string, start: Start): Promise<RunningProgram> {
  let child = await launch(name, start);
  return {
    stop: () => endChild(child, 'SIGTERM'),
    kill: () => endChild(child, 'SIGKILL'),
    again: async () => {
      child = await launch(name, start);
    },
  };
}

async function launch(name: string, { args, env = {}, ports }: Start): Promise<ChildProcess> {
  const path = findProgram(name);
  if (!path) throw new Error(missingPrograms(name));
  const child = spawn(
    '/usr/bin/env',
    [...Object.entries(env).map(([key, value]) => `${key}=${value}`), path, ...args],
    {
      stdio: ['ignore', 'pipe', 'pipe'],
    },
  );
  let printed = '';
  const note = (bytes: Buffer) => {
    printed = (printed + bytes.toString()).slice(-4_000);
  };
  child.stdout?.on('data', note);
  child.stderr?.on('data', note);
  const ended = new Promise<never>((_, reject) => {
    child.once('error', reject);
    child.once('exit', (code) => reject(new Error(`${name} ended with ${code}: ${printed}`)));
  });
  ended.catch(() => undefined);
  try {
    for (const port of ports) await Promise.race([opened(port, () => printed), ended]);
  } catch (thrown) {
    await endChild(child, 'SIGTERM');
    throw thrown;
  }
  return child;
}

async function endChild(child: ChildProcess, signal: 'SIGTERM' | 'SIGKILL'): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null || child.pid === undefined) return;
  const exited = new Promise((resolve) => child.once('exit', resolve));
  child.kill(signal);
  const harder = setTimeout(() => child.kill('SIGKILL'), 5_000);
  await exited;
  clearTimeout(harder);
}

/** Resolves when somebody listens. */
async function opened(port: number, printed: () => string): Promise<void> {
  for (let tries = 0; tries * POLL_MS < START_LIMIT_MS; tries++) {
    const answers = await new Promise<boolean>((resolve) => {
      const socket = connect(port, '127.0.0.1', () => {
        socket.destroy();
        resolve(true);
      });
      socket.once('error', () => resolve(false));
    });
    if (answers) return;
    await new Promise((resolve) => setTimeout(resolve, POLL_MS));
  }
  throw new Error(`nobody listens on ${port}: ${printed()}`);
}
