import { ContainerClient, StorageSharedKeyCredential } from '@azure/storage-blob';
import { startAzureServer } from '@salus/testkit/servers';
import { certifiedFiles, type DriverCase, tryDriver } from './driverCase.ts';
import { certificateRefusals, type HttpServer, httpClaims } from './httpCase.ts';

const keyOf = (text: string) => Buffer.from(text.padEnd(48, '.')).toString('base64');
const secrets = { account: 'salustest', key: keyOf('a key of the tests') };
const container = 'salus-test';
const at = (port: number) => ({ endpoint: `https://127.0.0.1:${port}/${secrets.account}` });

const azure: DriverCase<HttpServer> = {
  kind: 'azure',
  programs: ['azurite-blob'],
  secrets,
  wrongSecrets: { ...secrets, key: keyOf('another key of the tests') },
  promises: { putIfAbsent: 'atomic', put: 'synced' },
  async start(room) {
    const server = await startAzureServer(await room.folder('server'), certifiedFiles(room).good, secrets);
    const credential = new StorageSharedKeyCredential(secrets.account, secrets.key);
    const trust = { retryOptions: { maxTries: 1 }, tlsOptions: { ca: room.certificates.authority } };
    await new ContainerClient(`${at(server.port).endpoint}/${container}`, credential, trust).create();
    return { ...server, tls: true };
  },
  config: (prefix, port) => ({ ...at(port), container, prefix }),
  refusals: certificateRefusals(at),
};

tryDriver(azure, (tried) => httpClaims(tried, at, [secrets.key]));
