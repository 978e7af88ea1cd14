// Installs what tests and benches run against and npm does not bring, from Debian, where it is missing and this may install it.
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

/** Programs by what they are for: the page is tested and measured in one, files are measured beside the other. */
const PROGRAMS = {
  chromium: { file: '/usr/bin/chromium', packages: ['chromium', 'fonts-dejavu-core'] },
  rclone: { file: '/usr/bin/rclone', packages: ['rclone'] },
};

/**
 * Does nothing where everything wanted is there. Gives why something is still missing, or undefined.
 * @param {(keyof typeof PROGRAMS)[]} wanted
 */
export function provision(...wanted) {
  const missing = wanted.map((name) => PROGRAMS[name]).filter(({ file }) => !existsSync(file));
  if (missing.length === 0) return undefined;
  const packages = missing.flatMap((program) => program.packages);
  if (process.getuid?.() !== 0)
    return `${missing.map(({ file }) => file).join(' and ')} missing, and only root may install: apt-get install ${packages.join(' ')}`;
  const environment = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  for (const args of [['update'], ['install', '-y', '--no-install-recommends', ...packages]])
    spawnSync('apt-get', args, { stdio: ['ignore', 2, 2], env: environment });
  const still = missing.filter(({ file }) => !existsSync(file)).map(({ file }) => file);
  return still.length === 0 ? undefined : `apt-get could not install ${still.join(' and ')}`;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const missing = provision('chromium', 'rclone');
  if (missing) {
    process.stderr.write(`${missing}\n`);
    process.exitCode = 1;
  }
}
