import { startFileServer } from '@salus/testkit/servers';
import { certifiedFiles, type DriverCase, tryDriver } from './driverCase.ts';
import { hostileTalk } from './hostileTalk.ts';
import { treeClaims } from './treeCase.ts';

const secrets = { username: 'salus', password: 'a password of the tests' };

type Server = Awaited<ReturnType<typeof startFileServer>> & { port: number };

const sftp: DriverCase<Server> = {
  kind: 'sftp',
  programs: ['proftpd', 'ftpasswd'],
  secrets,
  wrongSecrets: { ...secrets, password: 'another password of tests' },
  promises: { putIfAbsent: 'atomic', put: 'synced' },
  async start(room) {
    const server = await startFileServer(await room.folder('server'), certifiedFiles(room), secrets);
    return { ...server, port: server.sftp };
  },
  config: (folder, port, { hostKey }) => ({ host: '127.0.0.1', port, folder, hostKey, caFile: undefined }),
  refusals: {
    'another host key than the one pinned': { code: 'store-certificate', changes: ({ otherSftp: port }) => ({ port }) },
  },
};

const NONSENSE = [
  '',
  'canary\r\n',
  'SSH-1.0-canary\r\n',
  'SSH-2.0-canary\r\n',
  `SSH-2.0-canary\r\n${'\0'.repeat(64)}`,
  Buffer.concat([Buffer.from('SSH-2.0-canary\r\n'), Buffer.alloc(64, 0xff)]),
  Buffer.concat([Buffer.from('SSH-2.0-canary\r\n'), Buffer.from('0000000c0a1400000000000000000000', 'hex')]),
  Buffer.alloc(1_000_000, 'canary'),
];

tryDriver(sftp, (tried) => {
  treeClaims(tried, ({ home }) => home);
  hostileTalk(tried, NONSENSE, [secrets.password]);
});
