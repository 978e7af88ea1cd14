// Makes a clone ready to run. Plain JavaScript without dependencies: it runs before anything is installed or built.
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { whileLocked } from './prepare/lock.js';
import { buildStamp, installStamp, isBuilt } from './prepare/stamps.js';

const ROOT = dirname(dirname(fileURLToPath(import.meta.url)));
const INSTALLED = join(ROOT, 'node_modules', '.salus-installed');
const BUILT = join(ROOT, 'node_modules', '.salus-built');
const LOCK = join(ROOT, '.build', 'prepare.lock');
/** The first Node.js 20 that loads ES modules as our server libraries ship them. */
const OLDEST_NODE = [20, 19];

/**
 * Installs when the lock file or a package.json changed, and builds when a source did. An up-to-date clone costs one walk over the
 * sources. What npm and tsc say goes to stderr; when either fails, the process ends with 1.
 * @param {{quiet?: boolean}} [options] quiet: say nothing unless something fails
 */
export async function prepare({ quiet = false } = {}) {
  refuseOldNode();
  if (isReady()) return;
  mkdirSync(dirname(LOCK), { recursive: true });
  await whileLocked(LOCK, () => {
    if (!isInstalled()) install(quiet);
    if (!isUpToDate()) build(quiet);
  });
}

const isReady = () => isInstalled() && isUpToDate();
const isInstalled = () => read(INSTALLED) === installStamp(ROOT);
const isUpToDate = () => read(BUILT) === buildStamp(ROOT) && isBuilt(ROOT);

function refuseOldNode() {
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
  const [oldestMajor = 0, oldestMinor = 0] = OLDEST_NODE;
  if (major > oldestMajor || (major === oldestMajor && minor >= oldestMinor)) return;
  fail(
    `Salus needs Node.js ${OLDEST_NODE.join('.')} or newer; this is ${process.versions.node}. Install a newer one from https://nodejs.org and run the command again.`,
  );
}

/** `npm ci` is no option: it refuses where a registry lacks the optional packages of other platforms. @param {boolean} quiet */
function install(quiet) {
  if (!quiet) process.stderr.write('Installing what Salus needs (once, and after updates) …\n');
  const cli = process.env.npm_execpath;
  const args = ['install', '--ignore-scripts'];
  if (cli?.endsWith('.js')) run(process.execPath, [cli, ...args], 'npm install', quiet);
  else run('npm', args, 'npm install', quiet, { shell: process.platform === 'win32' });
  // npm may have written the lock file anew, so the stamp is taken after it.
  writeFileSync(INSTALLED, installStamp(ROOT));
}

/** @param {boolean} quiet */
function build(quiet) {
  if (!quiet) process.stderr.write('Building what changed …\n');
  // Taken before the build: a source saved meanwhile makes the next start build again.
  const stamp = buildStamp(ROOT);
  run(process.execPath, [join(ROOT, 'node_modules', 'typescript', 'bin', 'tsc'), '-b'], 'tsc -b', true);
  buildPage();
  writeFileSync(BUILT, stamp);
}

/** The page is bundled from sources, so whatever made tsc run may have changed it; a second or two. */
function buildPage() {
  const vite = join(ROOT, 'node_modules', 'vite', 'bin', 'vite.js');
  run(process.execPath, [vite, 'build', join(ROOT, 'apps', 'portal'), '--logLevel', 'error'], 'vite build', true, {
    // A test that starts Salus sets another one, and Vite would build a page for developing.
    env: { NODE_ENV: 'production' },
  });
}

/**
 * @param {string} program @param {string[]} args @param {string} name @param {boolean} quiet
 * @param {{shell?: boolean, env?: Record<string, string>}} [how] Windows starts npm's .cmd only through a shell
 */
function run(program, args, name, quiet, { shell = false, env = {} } = {}) {
  const { status, error, stdout, stderr } = spawnSync(program, args, {
    cwd: ROOT,
    shell,
    env: { ...process.env, ...env },
    stdio: quiet ? ['ignore', 'pipe', 'pipe'] : ['ignore', 2, 2],
    encoding: 'utf8',
  });
  if (status === 0) return;
  if (quiet) process.stderr.write(`${stdout ?? ''}${stderr ?? ''}`);
  fail(`\`${name}\` failed${error ? `: ${error.message}` : ''}. What it said is above.`);
}

/** @param {string} message @returns {never} */
function fail(message) {
  process.stderr.write(`${message}\n`);
  process.exit(1);
}

/** @param {string} file */
const read = (file) => (existsSync(file) ? readFileSync(file, 'utf8') : undefined);
