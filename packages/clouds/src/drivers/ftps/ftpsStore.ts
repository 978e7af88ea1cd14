import type { Random } from '@salus/base';
import { FTPError } from 'basic-ftp';
import { type Failure, reasonOf } from '../failure.ts';
import type { Driver } from '../stack.ts';
import type { ConfigOf, SecretsOf } from '../storeConfig.ts';
import { TreeStore } from '../treeStore.ts';
import { FtpsConnections } from './ftpsConnections.ts';
import { FtpsTree } from './ftpsTree.ts';

/** A folder that is reached by FTP under explicit TLS, for the control connection and for every data connection. */
export function ftpsDriver(
  config: ConfigOf<'ftps'>,
  secrets: SecretsOf<'ftps'>,
  ca: string | undefined,
  random: Random,
): Driver {
  const connections = new FtpsConnections({
    host: config.host,
    port: config.port,
    user: secrets.username,
    password: secrets.password,
    secure: true,
    secureOptions: { ...(ca && { ca }) },
  });
  return { store: new TreeStore(new FtpsTree(connections), config.folder, random), failureOf };
}

/** By the reply's code, RFC 959. Replies to commands that name a file say 550 where there is none. */
function failureOf(thrown: unknown): Failure {
  if (!(thrown instanceof FTPError)) return { reason: reasonOf(thrown) };
  const { code } = thrown;
  if (code === 530 || code === 331 || code === 332) return { status: 401, reason: `reply${code}` };
  if (code === 421) return { status: 503 };
  if (code === 452 || code === 552) return { reason: 'ENOSPC' };
  return { reason: `reply${code}`, missing: code === 550 };
}
