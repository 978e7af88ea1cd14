import { generateKeyPairSync } from 'node:crypto';
import { BUCKET, startGcsServer } from '@salus/testkit/servers';
import { type DriverCase, tryDriver } from './driverCase.ts';
import { certificateRefusals, type HttpServer, httpClaims } from './httpCase.ts';

const makeKeys = () =>
  generateKeyPairSync('rsa', {
    modulusLength: 2048,
    publicKeyEncoding: { type: 'spki', format: 'pem' },
    privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
  });
const keys = makeKeys();
const email = 'salus@tests.example';
const at = (port: number) => ({ endpoint: `https://127.0.0.1:${port}` });

const gcs: DriverCase<HttpServer> = {
  kind: 'gcs',
  programs: ['fake-gcs-server'],
  secrets: { type: 'service_account', client_email: email, private_key: keys.privateKey },
  wrongSecrets: { type: 'service_account', client_email: email, private_key: makeKeys().privateKey },
  promises: { putIfAbsent: 'atomic', put: 'synced' },
  async start(room) {
    const { publicKey } = keys;
    const server = await startGcsServer(await room.folder('server'), room.certificates.good, { email, publicKey });
    return { ...server, tls: true };
  },
  config: (prefix, port) => ({ ...at(port), bucket: BUCKET, prefix }),
  refusals: certificateRefusals(at),
};

tryDriver(gcs, (tried) => httpClaims(tried, at, [keys.privateKey]));
