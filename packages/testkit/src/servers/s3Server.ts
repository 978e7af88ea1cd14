import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { freePorts, startProgram } from './programs.ts';

/** The bucket that a started server has. */
export const BUCKET = 'salus-test';

/** Starts versitygw over a folder, speaking TLS. It honours conditional writes. */
export async function startS3Server(
  directory: string,
  files: { certificate: string; key: string },
  secrets: { accessKeyId: string; secretAccessKey: string },
) {
  const [port = 0] = await freePorts(1);
  const root = join(directory, 's3');
  await mkdir(join(root, BUCKET), { recursive: true });
  const program = await startProgram('versitygw', {
    args: ['--port', `127.0.0.1:${port}`, '--cert', files.certificate, '--key', files.key, 'posix', root],
    env: { ROOT_ACCESS_KEY: secrets.accessKeyId, ROOT_SECRET_KEY: secrets.secretAccessKey },
    ports: [port],
  });
  return { port, ...program };
}
