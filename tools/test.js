// npm test: every check there is, one section each. Extra arguments go to vitest.
import { spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { prepare } from './prepare.js';
import { provision } from './provision.js';

const ROOT = dirname(dirname(fileURLToPath(import.meta.url)));
const SUMMARY = join(ROOT, '.build', 'tests.json');
const inCi = Boolean(process.env.CI) && process.env.CI !== 'false';

await prepare();
// Where nobody looks, what is missing is installed; elsewhere a skipped test names it.
if (inCi) provision('browser', 'clouds');
const checks = [
  section('Lint and format', 'node_modules/@biomejs/biome/bin/biome', 'check', '.'),
  section('Types of sources and tests', 'node_modules/typescript/bin/tsc', '-p', 'tsconfig.check.json'),
  section('Types of tools', 'node_modules/typescript/bin/tsc', '-p', 'tools/tsconfig.json'),
  section('Imports and banned calls', 'tools/arrows.js'),
  section('Unused code and packages', 'node_modules/knip/bin/knip.js', '--no-config-hints'),
];
const tests = runTests(process.argv.slice(2));
report(
  checks.filter(({ ok }) => !ok).map(({ title }) => title),
  tests,
);

/** Every section runs even after one failed, so that a single run shows everything. @param {string} title @param {string[]} command */
function section(title, ...command) {
  process.stdout.write(`\n== ${title}\n`);
  const [script = '', ...args] = command;
  const { status } = spawnSync(process.execPath, [join(ROOT, script), ...args], { cwd: ROOT, stdio: 'inherit' });
  process.stdout.write(status === 0 ? 'ok\n' : `FAILED: ${title}\n`);
  return { title, ok: status === 0 };
}

/** @param {string[]} args @returns {import('./testSummary.js').Summary} */
function runTests(args) {
  mkdirSync(dirname(SUMMARY), { recursive: true });
  rmSync(SUMMARY, { force: true });
  process.env.SALUS_TEST_SUMMARY = SUMMARY;
  const { ok } = section(
    'Tests',
    'node_modules/vitest/vitest.mjs',
    'run',
    '--reporter=default',
    '--reporter=./tools/testSummary.js',
    ...args,
  );
  try {
    const summary = JSON.parse(readFileSync(SUMMARY, 'utf8'));
    // vitest also fails for reasons that belong to no test, such as finding none.
    return ok || summary.failed > 0 ? summary : { ...summary, failed: 1 };
  } catch {
    return { passed: 0, failed: 1, skipped: [] };
  }
}

/**
 * The last line counts tests; a failed check counts as one failed, and so does a skipped test where CI is set, since nobody looks there.
 * @param {string[]} failedChecks @param {import('./testSummary.js').Summary} tests
 */
function report(failedChecks, { passed, failed, skipped }) {
  process.stdout.write('\n== Summary\n');
  for (const title of failedChecks) process.stdout.write(`failed: ${title}\n`);
  for (const { name, reason } of skipped) process.stdout.write(`skipped: ${name}: ${reason}\n`);
  const failures = failed + failedChecks.length + (inCi ? skipped.length : 0);
  process.stdout.write(`${passed} passed, ${failures} failed\n`);
  process.exitCode = failures === 0 ? 0 : 1;
}
