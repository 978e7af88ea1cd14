import { createHash } from 'node:crypto';
import type { Random } from '@salus/base';
import { Client } from 'ssh2';
import { cloudsError } from '../../errors.ts';
import { type Failure, reasonOf } from '../failure.ts';
import type { Driver } from '../stack.ts';
import type { ConfigOf, SecretsOf } from '../storeConfig.ts';
import { TreeStore } from '../treeStore.ts';
import { SftpTree } from './sftpTree.ts';

// A line that says nothing for so long has gone without telling.
const KEEPALIVE_MS = 10_000;

/** A folder that is reached by SFTP, on a server that shows the one host key it must. */
export function sftpDriver(config: ConfigOf<'sftp'>, secrets: SecretsOf<'sftp'>, random: Random): Driver {
  const connect = async (leave: AbortSignal) => {
    const client = new Client();
    leave.addEventListener('abort', () => client.destroy(), { once: true });
    // What goes wrong later is told to each call that waits.
    client.on('error', () => undefined);
    let isOther = false;
    await new Promise<void>((resolve, reject) => {
      client.once('ready', resolve);
      client.once('error', reject);
      client.once('close', () => reject(cloudsError('store-unavailable', { why: 'ECONNRESET' })));
      client.connect({
        host: config.host,
        port: config.port,
        ...secrets,
        keepaliveInterval: KEEPALIVE_MS,
        readyTimeout: config.timeoutMs,
        hostVerifier: (key: Buffer) => {
          const fingerprint = createHash('sha256').update(key).digest('base64').replace(/=+$/, '');
          isOther = `SHA256:${fingerprint}` !== config.hostKey;
          return !isOther;
        },
      });
      // Requests are small, and each would wait for the server to confirm the one before: 40 ms.
      client.setNoDelay(true);
    }).catch((thrown: unknown) => {
      client.destroy();
      throw isOther ? cloudsError('store-certificate', { why: 'HOST_KEY_MISMATCH' }) : thrown;
    });
    return client;
  };
  return { store: new TreeStore(new SftpTree(connect), config.folder, random), failureOf };
}

// Of SSH_FXP_STATUS: version 3 has no others, some servers send those of version 6.
const REASONS: Record<number, string> = { 3: 'EACCES', 14: 'ENOSPC', 15: 'EDQUOT' };

function failureOf(thrown: unknown): Failure {
  const { code, level } = (thrown ?? {}) as { code?: unknown; level?: unknown };
  if (level === 'client-authentication') return { status: 401, reason: 'authentication' };
  if (typeof code === 'number') return { reason: REASONS[code] ?? `status${code}`, missing: code === 2 };
  return { reason: reasonOf(thrown) };
}
