import { randomBytes } from 'node:crypto';
import { join, resolve as resolvePath } from 'node:path';
import { type Device, resume, type Surroundings } from '@salus/sdk';
import { cliError } from './errors.ts';
import { FileStore } from './fileStore.ts';
import { askHidden } from './prompt.ts';

/** Where a command runs: whose profile, which node, and how to ask. */
export interface Io {
  home: string;
  profile: string;
  node: string;
  /** A device of the profile. Throws `not-signed-in`. */
  device(): Promise<Device>;
  surroundings(profile?: string): Surroundings;
  /** From SALUS_PASSWORD or a prompt; never from arguments, which other users of the machine can see. */
  password(question?: string): Promise<string>;
  env: NodeJS.ProcessEnv;
}

export function createIo(env: NodeJS.ProcessEnv, values: { profile?: string; node?: string }): Io {
  const home = resolvePath(env.SALUS_HOME ?? '.salus');
  const profile = values.profile ?? env.SALUS_PROFILE ?? 'default';
  if (!/^[\w.-]{1,64}$/.test(profile) || profile.startsWith('.'))
    throw cliError('argument-wrong', { why: 'A profile is named by letters, digits, dots and dashes.' });
  const node = values.node ?? env.SALUS_NODE ?? `http://127.0.0.1:${env.SALUS_PORT ?? '8480'}`;
  const surroundings = (name = profile): Surroundings => ({
    node,
    store: new FileStore(join(home, 'profiles', name)),
    random: (lengthBytes) => new Uint8Array(randomBytes(lengthBytes)),
    now: Date.now,
  });
  return {
    home,
    profile,
    node,
    env,
    surroundings,
    device: async () => told(await resume(surroundings())),
    password: async (question = 'Password: ') => env.SALUS_PASSWORD ?? askHidden(question),
  };
}

/** What the device did by itself is said, beside the command's own lines. */
function told(device: Device): Device {
  const { caughtUp } = device;
  if (!caughtUp) return device;
  const { backedUpAt, sentAgain, missing, waitingFor } = caughtUp;
  const backup = new Date(backedUpAt).toISOString();
  const waits = waitingFor.length > 0 ? `; it waits for the ${waitingFor.join(' and ')}` : '';
  process.stderr.write(
    `Your hospital’s server was restored from a backup of ${backup}. Of yours, sent again: ${sentAgain}; gone: ${missing.length}${waits}.\n`,
  );
  return device;
}
