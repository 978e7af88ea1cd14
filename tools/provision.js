// Installs what tests run against and npm does not bring, where it is missing and this may install it: a browser, and a real
// server for each kind of cloud.
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const PEERS = join(dirname(dirname(fileURLToPath(import.meta.url))), '.peers');

/**
 * Packages of Debian by what they are for, by a file that each brings: the page is tried and measured in a browser, stores on
 * real servers, files are measured beside a peer.
 */
const SYSTEM = {
  browser: { '/usr/bin/chromium': ['chromium', 'fonts-dejavu-core'] },
  clouds: {
    '/usr/sbin/proftpd': ['proftpd-core'],
    '/usr/lib/proftpd/mod_sftp.so': ['proftpd-mod-crypto'],
    '/usr/sbin/apache2': ['apache2'],
    '/usr/bin/htpasswd': ['apache2-utils'],
  },
  peers: { '/usr/bin/rclone': ['rclone'] },
};
/** Programs in Go, by the name of each. */
const GO = {
  versitygw: 'github.com/versity/versitygw/cmd/versitygw@v1.8.0',
  'fake-gcs-server': 'github.com/fsouza/fake-gcs-server@v1.56.1',
};
/** Programs from npm that no package.json names, because nobody who uses Salus needs them. */
const NPM = { 'azurite-blob': 'azurite@3.35.0' };

/**
 * Does nothing where everything wanted is there. Gives why something is still missing, or undefined.
 * @param {(keyof typeof SYSTEM)[]} wanted
 */
export function provision(...wanted) {
  const found = [bySystem(wanted), ...(wanted.includes('clouds') ? [byGo(), byNpm()] : [])];
  const missing = found.filter((why) => why !== undefined);
  return missing.length === 0 ? undefined : missing.join('\n');
}

/** @param {(keyof typeof SYSTEM)[]} wanted */
function bySystem(wanted) {
  const packages = () =>
    wanted.flatMap((kind) => Object.entries(SYSTEM[kind]).flatMap(([file, names]) => (existsSync(file) ? [] : names)));
  const absent = packages();
  if (absent.length === 0) return undefined;
  if (process.getuid?.() !== 0) return `Only root may install what is missing: apt-get install ${absent.join(' ')}`;
  const environment = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  for (const args of [['update'], ['install', '-y', '--no-install-recommends', ...absent]])
    run('apt-get', args, environment);
  const left = packages();
  return left.length === 0 ? undefined : `apt-get could not install ${left.join(' ')}`;
}

function byGo() {
  const bin = join(PEERS, 'bin');
  for (const [program, source] of Object.entries(GO)) {
    if (existsSync(join(bin, program))) continue;
    mkdirSync(bin, { recursive: true });
    if (!run('go', ['install', source], { ...process.env, GOBIN: bin }))
      return `${program} is missing, and Go could not install it: go install ${source}`;
  }
  return undefined;
}

function byNpm() {
  for (const [program, source] of Object.entries(NPM)) {
    if (existsSync(join(PEERS, 'node_modules', '.bin', program))) continue;
    mkdirSync(PEERS, { recursive: true });
    const manifest = join(PEERS, 'package.json');
    if (!existsSync(manifest)) writeFileSync(manifest, '{ "private": true }\n');
    const args = ['install', '--ignore-scripts', '--save-exact', '--no-audit', '--no-fund', '--prefix', PEERS, source];
    if (!run('npm', args)) return `${program} is missing, and npm could not install ${source}`;
  }
  return undefined;
}

/** @param {string} program @param {string[]} args @param {NodeJS.ProcessEnv} [env] */
const run = (program, args, env) =>
  spawnSync(program, args, {
    stdio: ['ignore', 2, 2],
    cwd: existsSync(PEERS) ? PEERS : undefined,
    env: env ?? process.env,
  }).status === 0;

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const missing = provision('browser', 'clouds', 'peers');
  if (missing) {
    process.stderr.write(`${missing}\n`);
    process.exitCode = 1;
  }
}
