import { readFile, stat } from 'node:fs/promises';
import { platform } from 'node:os';
import { resolve } from 'node:path';
import { cloudsError } from '../errors.ts';
import { type SecretsOf, type StoreConfig, storeSecrets } from './storeConfig.ts';

/** Where relative paths begin, and the environment. */
export interface Surroundings {
  directory: string;
  environment: Readonly<Record<string, string | undefined>>;
}

type Kind = keyof typeof storeSecrets;

/** What a store's configuration says of its credentials. */
interface Asking {
  name: string;
  credentials: Extract<StoreConfig, { kind: 's3' }>['credentials'];
}

/**
 * The credentials that a store's configuration points to. Nothing of them, or of what stands in their place, is in an
 * error. Throws `credentials-unusable`.
 */
export async function readCredentials<Of extends Kind>(
  kind: Of,
  { name, credentials }: Asking,
  { directory, environment }: Surroundings,
): Promise<SecretsOf<Of>> {
  const fail = (why: string) => cloudsError('credentials-unusable', { store: name, why });
  const text =
    'env' in credentials ? environment[credentials.env] : await readPrivate(resolve(directory, credentials.file), fail);
  if (text === undefined) throw fail('the environment variable is not set');
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw fail('they are no JSON');
  }
  const parsed = storeSecrets[kind].safeParse(value);
  if (parsed.success) return parsed.data as SecretsOf<Of>;
  throw fail('fields are missing, wrong or unknown');
}

/** A file that nobody but its owner can read; on Windows permissions are not looked at. */
async function readPrivate(file: string, fail: (why: string) => Error): Promise<string> {
  const cannot = (thrown: NodeJS.ErrnoException) => {
    throw fail(thrown.code === 'ENOENT' ? 'the file is not there' : 'the file cannot be read');
  };
  const { mode } = await stat(file).catch(cannot);
  if (platform() !== 'win32' && (mode & 0o077) !== 0)
    throw fail(`others may use the file (mode ${(mode & 0o777).toString(8)})`);
  return readFile(file, 'utf8').catch(cannot);
}
