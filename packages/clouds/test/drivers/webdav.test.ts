import { startWebdavServer } from '@salus/testkit/servers';
import { certifiedFiles, type DriverCase, tryDriver } from './driverCase.ts';
import { certificateRefusals, type HttpServer, httpClaims } from './httpCase.ts';
import { treeClaims } from './treeCase.ts';

const secrets = { username: 'salus', password: 'a password of the tests' };
const at = (port: number) => ({ url: `https://127.0.0.1:${port}` });

type Server = Awaited<ReturnType<typeof startWebdavServer>> & HttpServer;

const webdav: DriverCase<Server> = {
  kind: 'webdav',
  programs: ['apache2'],
  secrets,
  wrongSecrets: { ...secrets, password: 'another password of tests' },
  promises: { putIfAbsent: 'checked', put: 'answered' },
  async start(room) {
    const server = await startWebdavServer(await room.folder('server'), certifiedFiles(room).good, secrets);
    return { ...server, tls: true };
  },
  config: (folder, port) => ({ ...at(port), folder }),
  refusals: certificateRefusals(at),
};

tryDriver(webdav, (tried) => {
  httpClaims(tried, at, Object.values(secrets));
  treeClaims(tried, ({ files }) => files);
});
