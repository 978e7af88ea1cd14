import { Agent } from 'node:https';
import type { Random } from '@salus/base';
import { AuthType, createClient } from 'webdav';
import { cloudsError } from '../../errors.ts';
import { type Failure, reasonOf } from '../failure.ts';
import type { Driver } from '../stack.ts';
import type { ConfigOf, SecretsOf } from '../storeConfig.ts';
import { TreeStore } from '../treeStore.ts';
import { HOSTED, webdavPresets } from './presets.ts';
import { WebdavTree } from './webdavTree.ts';

const SOCKETS = 16;

/** A folder that is reached by WebDAV over TLS, with a password (Basic: the line is encrypted). Throws `credentials-unusable`. */
export function webdavDriver(
  config: ConfigOf<'webdav'>,
  secrets: SecretsOf<'webdav'>,
  ca: string | undefined,
  random: Random,
): Driver {
  const client = createClient(addressOf(config, secrets.username), {
    authType: AuthType.Password,
    username: secrets.username,
    password: secrets.password,
    httpsAgent: new Agent({ keepAlive: true, maxSockets: SOCKETS, ...(ca && { ca }) }),
  });
  return {
    store: new TreeStore(new WebdavTree(client, addressOf(config, secrets.username)), config.folder, random),
    failureOf,
  };
}

function addressOf({ name, preset, host, url }: ConfigOf<'webdav'>, username: string): string {
  const unusable = (why: string) => cloudsError('credentials-unusable', { store: name, why });
  if (preset === undefined) {
    if (url === undefined) throw unusable('neither preset nor url is given');
    return url.replace(/\/+$/, '');
  }
  const address = Object.hasOwn(webdavPresets, preset) ? webdavPresets[preset] : undefined;
  if (!address) throw unusable(`there is no preset of that name, only ${Object.keys(webdavPresets).join(', ')}`);
  if (HOSTED.includes(preset) && host === undefined) throw unusable('the preset needs a host');
  return address(username, host ?? '');
}

/** What the library throws after an answer. */
interface Answered {
  status?: number;
  response?: { headers: { get(name: string): string | null } };
}

function failureOf(thrown: unknown): Failure {
  const { status, response } = (thrown ?? {}) as Answered;
  if (typeof status !== 'number') return { reason: reasonOf(thrown) };
  return { status, retryAfter: response?.headers.get('retry-after'), missing: status === 404 };
}
