import { spawnSync } from 'node:child_process';
import { createHash, generateKeyPairSync } from 'node:crypto';
import { chown, mkdir, writeFile } from 'node:fs/promises';
import { userInfo } from 'node:os';
import { join } from 'node:path';
import { FaultyLine } from './faultyLine.ts';
import { findProgram, freePorts, startProgram } from './programs.ts';

/** Files of a certificate and its key. */
export interface CertifiedFiles {
  certificate: string;
  key: string;
}

/** A host key of SSH: a file, and the fingerprint that clients pin. */
interface HostKey {
  file: string;
  fingerprint: string;
}

const NOBODY = 65_534;
const PASSIVE_PORTS = 24;

/**
 * Starts proftpd: FTPS with explicit TLS whose data connections must resume the control session, once with each
 * certificate, and SFTP with two host keys. Its files lie under `home`.
 */
export async function startFileServer(
  directory: string,
  certified: { good: CertifiedFiles; expired: CertifiedFiles; stranger: CertifiedFiles },
  secrets: { username: string; password: string },
) {
  const [ftps = 0, expired = 0, stranger = 0, sftp = 0, otherSftp = 0, passive = 0] = await freePorts(6);
  const home = join(directory, 'home');
  await mkdir(home, { recursive: true });
  const isRoot = userInfo().uid === 0;
  const { uid, gid } = isRoot ? { uid: NOBODY, gid: NOBODY } : userInfo();
  if (isRoot) await chown(home, uid, gid);
  const users = join(directory, 'users');
  addUser(users, { ...secrets, uid, gid, home });
  const hostKey = await makeHostKey(join(directory, 'host.key'));
  const otherHostKey = await makeHostKey(join(directory, 'other.key'));
  const configuration = join(directory, 'proftpd.conf');
  const secure = (files: CertifiedFiles) => `
    TLSEngine on
    TLSRequired on
    TLSProtocol TLSv1.2 TLSv1.3
    TLSECCertificateFile ${files.certificate}
    TLSECCertificateKeyFile ${files.key}
    TLSRenegotiate none
    PassivePorts ${passive} ${passive + PASSIVE_PORTS - 1}
    ${shared(users)}`;
  const ssh = ({ file }: HostKey) => `
    SFTPEngine on
    SFTPHostKey ${file}
    SFTPAuthMethods password
    ${shared(users)}`;
  await writeFile(
    configuration,
    `
  ModulePath /usr/lib/proftpd
  LoadModule mod_tls.c
  LoadModule mod_sftp.c
  ServerName salus-test
  ServerType standalone
  UseIPv6 off
  DefaultAddress 127.0.0.1
  SocketBindTight on
  UseReverseDNS off
  ${isRoot ? 'User nobody\n  Group nogroup' : ''}
  PidFile ${join(directory, 'proftpd.pid')}
  ScoreboardFile ${join(directory, 'scoreboard')}
  DelayEngine off
  WtmpLog off
  TransferLog none
  SystemLog ${join(directory, 'proftpd.log')}
  MaxInstances 60
  Port ${ftps}
  ${secure(certified.good)}
  <VirtualHost 127.0.0.1>
    Port ${expired}
    ${secure(certified.expired)}
  </VirtualHost>
  <VirtualHost 127.0.0.1>
    Port ${stranger}
    ${secure(certified.stranger)}
  </VirtualHost>
  <VirtualHost 127.0.0.1>
    Port ${sftp}
    ${ssh(hostKey)}
  </VirtualHost>
  <VirtualHost 127.0.0.1>
    Port ${otherSftp}
    ${ssh(otherHostKey)}
  </VirtualHost>
`,
  );
  const program = await startProgram('proftpd', {
    args: ['-n', '-q', '-c', configuration],
    ports: [ftps, expired, stranger, sftp, otherSftp],
  });
  /** Both kinds of connections of FTPS, at another address of loopback, since the server names ports only. */
  const ftpsLine = () => {
    const data = Array.from({ length: PASSIVE_PORTS }, (_, i) => ({ from: passive + i, to: passive + i }));
    return FaultyLine.open([{ from: 0, to: ftps }, ...data], FTPS_LINE_HOST);
  };
  return {
    home,
    ftps,
    expired,
    stranger,
    sftp,
    otherSftp,
    hostKey: hostKey.fingerprint,
    ftpsLine,
    stop: () => program.stop(),
    again: () => program.again(),
  };
}

/** Where a line to FTPS listens. */
export const FTPS_LINE_HOST = '127.0.0.2';

const shared = (users: string) => `
    AuthOrder mod_auth_file.c
    AuthUserFile ${users}
    RequireValidShell off
    AllowOverwrite on
    AllowStoreRestart off
    MaxLoginAttempts 3
    <Directory /*>
      AllowOverwrite on
    </Directory>`;

interface User {
  username: string;
  password: string;
  uid: number;
  gid: number;
  home: string;
}

function addUser(file: string, { username, password, uid, gid, home }: User): void {
  const program = findProgram('ftpasswd');
  if (!program) throw new Error('ftpasswd is missing');
  const account = [
    '--name',
    username,
    '--uid',
    String(uid),
    '--gid',
    String(gid),
    '--home',
    home,
    '--shell',
    '/bin/false',
  ];
  const { status, stderr } = spawnSync(program, ['--passwd', '--stdin', '--file', file, ...account], {
    input: `${password}\n`,
    encoding: 'utf8',
  });
  if (status !== 0) throw new Error(`ftpasswd: ${stderr}`);
}

async function makeHostKey(file: string): Promise<HostKey> {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  await writeFile(file, privateKey.export({ type: 'sec1', format: 'pem' }), { mode: 0o600 });
  // RFC 5656: the algorithm, the curve, and the point, which is the end of the other form.
  const point = publicKey.export({ type: 'spki', format: 'der' }).subarray(-65);
  const parts = [Buffer.from('ecdsa-sha2-nistp256'), Buffer.from('nistp256'), point];
  const blob = Buffer.concat(parts.flatMap((part) => [Buffer.of(0, 0, 0, part.length), part]));
  const digest = createHash('sha256').update(blob).digest('base64').replace(/=+$/, '');
  return { file, fingerprint: `SHA256:${digest}` };
}
