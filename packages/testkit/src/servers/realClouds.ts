import { generateKeyPairSync } from 'node:crypto';
import { chmod, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ContainerClient, StorageSharedKeyCredential } from '@azure/storage-blob';
import { type StoreConfig, storeConfig } from '@salus/clouds';
import { startAzureServer } from './azureServer.ts';
import { type Certificates, makeCertificates } from './certificates.ts';
import { startFileServer } from './fileServer.ts';
import { startGcsServer } from './gcsServer.ts';
import { BUCKET, startS3Server } from './s3Server.ts';
import { startWebdavServer } from './webdavServer.ts';

/** The programs that must be installed. */
export const REAL_CLOUDS_PROGRAMS = ['versitygw', 'azurite-blob', 'fake-gcs-server', 'apache2', 'proftpd', 'ftpasswd'];

const PASSWORD = 'a password of these tests';
const AZURE = { account: 'salustest', key: Buffer.from('a key of these tests'.padEnd(48, '.')).toString('base64') };
const S3 = { accessKeyId: 'salustestaccess', secretAccessKey: 'a-secret-of-these-tests-0123456789' };
const CONTAINER = 'salus-test';
const EMAIL = 'salus@tests.example';

/** Programs that have what they acknowledged on the disk: Azurite keeps its lists in memory for seconds. */
export type DurableServer = 's3' | 'gcs' | 'webdav' | 'files';
export type RealServer = 's3' | 'azure' | 'gcs' | 'webdav' | 'files';

/** A server of each kind, six clouds in all: one program serves two of them, by FTPS and by SFTP. */
export interface RealClouds {
  /** Entries as of node.json; credentials lie in files beside. */
  entries: StoreConfig[];
  /** What must stand nowhere but in those files. */
  secrets: string[];
  /** What a program beside must know to use the S3 server, too. */
  s3: { endpoint: string; bucket: string; accessKeyId: string; secretAccessKey: string; caFile: string };
  /** Ends one program; `files` serves by FTPS and by SFTP. */
  end(server: RealServer): Promise<void>;
  /** Ends one without warning, connections cut, until it is started `again` with what it had; `files` are two clouds. */
  kill(server: DurableServer): Promise<void>;
  again(server: DurableServer): Promise<void>;
  stop(): Promise<void>;
}

/** Starts them, in a folder of their own; what a node must know of them lies in its home. */
export async function startRealClouds(home: string): Promise<RealClouds> {
  const directory = join(home, 'real');
  const certificates = makeCertificates();
  await mkdir(directory);
  await writeFile(join(directory, 'authority.pem'), certificates.authority);
  const rooms = await mkdtemp(join(tmpdir(), 'salus-clouds-'));
  // Servers run as other users.
  await chmod(rooms, 0o755);
  const files = await writeFiles(rooms, certificates);
  const { publicKey, privateKey } = generateKeyPairSync('rsa', {
    modulusLength: 2048,
    publicKeyEncoding: { type: 'spki', format: 'pem' },
    privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
  });
  const login = { username: 'salus', password: PASSWORD };
  const secrets: Record<string, object> = {
    s3: S3,
    azure: AZURE,
    gcs: { type: 'service_account', client_email: EMAIL, private_key: privateKey },
    webdav: login,
    ftps: login,
    sftp: login,
  };
  for (const [kind, content] of Object.entries(secrets))
    await writeFile(join(directory, `${kind}.json`), JSON.stringify(content), { mode: 0o600 });
  const place = async (name: string) => {
    const folder = join(rooms, name);
    await mkdir(folder);
    return folder;
  };
  const [s3, azure, gcs, webdav, both] = await Promise.all([
    startS3Server(await place('s3-server'), files.good, S3),
    startAzureServer(await place('azure-server'), files.good, AZURE),
    startGcsServer(await place('gcs-server'), certificates.good, { email: EMAIL, publicKey }),
    startWebdavServer(await place('webdav-server'), files.good, login),
    startFileServer(await place('file-server'), files, login),
  ]);
  await makeContainer(azure.port, certificates);
  const servers: Record<RealServer, { stop(): Promise<void> }> = { s3, azure, gcs, webdav, files: both };
  const host = '127.0.0.1';
  const at = (port: number, path = '') => `https://${host}:${port}${path}`;
  const each = (kind: string) => ({
    name: kind,
    kind,
    credentials: { file: `real/${kind}.json` },
    ...(kind === 'sftp' ? {} : { caFile: 'real/authority.pem' }),
  });
  return {
    entries: [
      { ...each('s3'), endpoint: at(s3.port), bucket: BUCKET, prefix: 'hospital' },
      { ...each('azure'), endpoint: at(azure.port, `/${AZURE.account}`), container: CONTAINER, prefix: 'hospital' },
      { ...each('gcs'), endpoint: at(gcs.port), bucket: BUCKET, prefix: 'hospital' },
      { ...each('webdav'), url: at(webdav.port), folder: 'hospital' },
      { ...each('ftps'), host, port: both.ftps, folder: 'hospital-ftps' },
      { ...each('sftp'), host, port: both.sftp, folder: 'hospital-sftp', hostKey: both.hostKey },
    ].map((entry) => storeConfig.parse(entry)),
    secrets: [PASSWORD, AZURE.key, S3.secretAccessKey, privateKey.split('\n')[1]!],
    s3: { endpoint: at(s3.port), bucket: BUCKET, ...S3, caFile: join(directory, 'authority.pem') },
    end: (server) => servers[server].stop(),
    // Those of several processes end all of them at a signal that the first one gets.
    kill: (server) => (server === 's3' || server === 'gcs' ? { s3, gcs }[server].kill() : servers[server].stop()),
    again: (server) => ({ s3, gcs, webdav, files: both })[server].again(),
    stop: async () => {
      await Promise.all(Object.values(servers).map((server) => server.stop()));
      await rm(rooms, { recursive: true, force: true });
    },
  };
}

async function writeFiles(directory: string, { good, expired, stranger }: Certificates) {
  const write = async (name: string, { certificate, key }: { certificate: string; key: string }) => {
    const paths = { certificate: join(directory, `${name}.pem`), key: join(directory, `${name}.key`) };
    await writeFile(paths.certificate, certificate);
    await writeFile(paths.key, key, { mode: 0o600 });
    return paths;
  };
  return {
    good: await write('good', good),
    expired: await write('expired', expired),
    stranger: await write('stranger', stranger),
  };
}

async function makeContainer(port: number, { authority }: Certificates): Promise<void> {
  const credential = new StorageSharedKeyCredential(AZURE.account, AZURE.key);
  const trust = { retryOptions: { maxTries: 1 }, tlsOptions: { ca: authority } };
  await new ContainerClient(`https://127.0.0.1:${port}/${AZURE.account}/${CONTAINER}`, credential, trust).create();
}
