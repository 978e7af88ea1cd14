import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { CertifiedFiles } from './fileServer.ts';
import { freePorts, startProgram } from './programs.ts';

/** Starts Azurite over a folder, speaking TLS. The account's address is its port's with the account's name behind. */
export async function startAzureServer(
  directory: string,
  { certificate, key }: CertifiedFiles,
  account: { account: string; key: string },
) {
  const [port = 0] = await freePorts(1);
  const location = join(directory, 'azure');
  await mkdir(location, { recursive: true });
  const place = ['--blobHost', '127.0.0.1', '--blobPort', String(port), '--location', location];
  const quiet = ['--silent', '--disableTelemetry', '--skipApiVersionCheck'];
  const program = await startProgram('azurite-blob', {
    args: [...place, '--cert', certificate, '--key', key, ...quiet],
    env: { AZURITE_ACCOUNTS: `${account.account}:${account.key}` },
    ports: [port],
  });
  return { port, ...program };
}
