import { createHash } from 'node:crypto';
import { chmod, chown, mkdir, writeFile } from 'node:fs/promises';
import { userInfo } from 'node:os';
import { join } from 'node:path';
import type { CertifiedFiles } from './fileServer.ts';
import { freePorts, startProgram } from './programs.ts';

const NOBODY = 65_534;
const MODULES = [
  'mpm_event',
  'authn_core',
  'authn_file',
  'authz_core',
  'authz_user',
  'auth_basic',
  'dav',
  'dav_fs',
  'ssl',
];

/** Starts Apache with a configuration of its own: WebDAV over TLS for one user, on files under `files`. */
export async function startWebdavServer(
  directory: string,
  certified: CertifiedFiles,
  { username, password }: { username: string; password: string },
) {
  const [port = 0] = await freePorts(1);
  const files = join(directory, 'files');
  const locks = join(directory, 'locks');
  const isRoot = userInfo().uid === 0;
  for (const folder of [files, locks]) {
    await mkdir(folder, { recursive: true });
    if (isRoot) await chown(folder, NOBODY, NOBODY);
  }
  const users = join(directory, 'users');
  await writeFile(users, `${username}:{SHA}${createHash('sha1').update(password).digest('base64')}\n`);
  await chmod(users, 0o644);
  const configuration = join(directory, 'apache.conf');
  await writeFile(
    configuration,
    `
  ${MODULES.map((name) => `LoadModule ${name}_module /usr/lib/apache2/modules/mod_${name}.so`).join('\n  ')}
  ServerRoot ${directory}
  DefaultRuntimeDir ${directory}
  PidFile ${join(directory, 'apache.pid')}
  ErrorLog ${join(directory, 'error.log')}
  LogLevel error
  ServerName 127.0.0.1
  Listen 127.0.0.1:${port}
  ${isRoot ? 'User nobody\n  Group nogroup' : ''}
  StartServers 1
  MaxKeepAliveRequests 0
  LimitRequestBody 0
  SSLEngine on
  SSLCertificateFile ${certified.certificate}
  SSLCertificateKeyFile ${certified.key}
  DocumentRoot ${files}
  DavLockDB ${join(locks, 'lock')}
  <Directory ${files}>
    Dav On
    AuthType Basic
    AuthName salus-test
    AuthUserFile ${users}
    Require valid-user
  </Directory>
`,
  );
  const program = await startProgram('apache2', {
    args: ['-d', directory, '-f', configuration, '-DFOREGROUND'],
    ports: [port],
  });
  return { port, files, stop: () => program.stop(), again: () => program.again() };
}
