// npm run screens: makes the pictures of docs/screens.md anew, by the tests that check those screens.
import { spawnSync } from 'node:child_process';
import { rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { prepare } from './prepare.js';
import { provision } from './provision.js';

const ROOT = dirname(dirname(fileURLToPath(import.meta.url)));

await prepare();
const missing = provision('browser');
if (missing) process.stderr.write(`${missing}\n`);
else rmSync(join(ROOT, 'docs', 'screens'), { recursive: true, force: true });
const vitest = join(ROOT, 'node_modules', 'vitest', 'vitest.mjs');
const { status } = spawnSync(process.execPath, [vitest, 'run', '--project', 'system', 'tests/portal'], {
  cwd: ROOT,
  stdio: 'inherit',
  env: { ...process.env, SALUS_SCREENS: '1' },
});
process.exitCode = missing ? 1 : (status ?? 1);
