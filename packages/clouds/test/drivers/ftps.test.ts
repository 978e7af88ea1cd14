import { FTPS_LINE_HOST, startFileServer } from '@salus/testkit/servers';
import { certifiedFiles, type DriverCase, tryDriver } from './driverCase.ts';
import { hostileTalk } from './hostileTalk.ts';
import { treeClaims } from './treeCase.ts';

const secrets = { username: 'salus', password: 'a password of the tests' };

type Server = Awaited<ReturnType<typeof startFileServer>> & { port: number };

/** The server refuses every data connection that does not resume the session of its control connection. */
const ftps: DriverCase<Server> = {
  kind: 'ftps',
  programs: ['proftpd', 'ftpasswd'],
  secrets,
  wrongSecrets: { ...secrets, password: 'another password of tests' },
  promises: { putIfAbsent: 'checked', put: 'answered' },
  async start(room) {
    const server = await startFileServer(await room.folder('server'), certifiedFiles(room), secrets);
    return { ...server, port: server.ftps };
  },
  config: (folder, port) => ({ host: '127.0.0.1', port, folder }),
  line: async ({ ftpsLine }) => ({ line: await ftpsLine(), changes: { host: FTPS_LINE_HOST } }),
  refusals: {
    'an expired certificate': { code: 'store-certificate', changes: ({ expired: port }) => ({ port }) },
    'an authority that is not the one named': {
      code: 'store-certificate',
      changes: ({ stranger: port }) => ({ port }),
    },
    'a private authority that nobody named': { code: 'store-certificate', changes: () => ({ caFile: undefined }) },
  },
};

const NONSENSE = [
  '',
  'canary\r\n',
  '220 canary\r\n',
  '220-canary\r\n'.repeat(2_000),
  '530 canary\r\n',
  '421 canary\r\n',
  '999 canary\r\n',
  Buffer.alloc(1_000_000, 'canary'),
  Buffer.from('160303ffff0200', 'hex'),
];

tryDriver(ftps, (tried) => {
  treeClaims(tried, ({ home }) => home);
  hostileTalk(tried, NONSENSE, [secrets.password]);
});
