import { BUCKET, startS3Server } from '@salus/testkit/servers';
import { type DriverCase, tryDriver } from './driverCase.ts';
import { certificateRefusals, type HttpServer, httpClaims } from './httpCase.ts';

const secrets = { accessKeyId: 'salustestaccess', secretAccessKey: 'a-secret-of-the-tests-0123456789' };
const at = (port: number) => ({ endpoint: `https://127.0.0.1:${port}` });

const s3: DriverCase<HttpServer> = {
  kind: 's3',
  programs: ['versitygw'],
  secrets,
  wrongSecrets: { ...secrets, secretAccessKey: 'another-secret-of-tests-0123456789' },
  promises: { putIfAbsent: 'atomic', put: 'synced' },
  async start(room) {
    const files = { certificate: room.file('good.pem'), key: room.file('good.key') };
    return { ...(await startS3Server(await room.folder('server'), files, secrets)), tls: true };
  },
  config: (place, port) => ({ ...at(port), bucket: BUCKET, prefix: place }),
  refusals: certificateRefusals(at),
};

tryDriver(s3, (tried) => httpClaims(tried, at, Object.values(secrets)));
