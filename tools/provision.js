// Installs what tests run against and npm does not bring: Debian's Chromium, where it is missing and this may install it.
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const BROWSER = '/usr/bin/chromium';

/** Does nothing where everything is there. Gives why something is still missing, or undefined. */
export function provision() {
  if (existsSync(BROWSER)) return undefined;
  if (process.getuid?.() !== 0) return 'Chromium is missing, and only root may install it: apt-get install chromium';
  const environment = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  for (const args of [['update'], ['install', '-y', '--no-install-recommends', 'chromium', 'fonts-dejavu-core']])
    spawnSync('apt-get', args, { stdio: ['ignore', 2, 2], env: environment });
  return existsSync(BROWSER) ? undefined : 'apt-get could not install chromium';
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const missing = provision();
  if (missing) {
    process.stderr.write(`${missing}\n`);
    process.exitCode = 1;
  }
}
