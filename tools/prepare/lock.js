import { linkSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';

const LOOK_AGAIN_MS = 100;
/** A first install over a slow line takes minutes; after this, waiting longer would only hide that something hangs. */
const LONGEST_WAIT_MS = 15 * 60_000;

/**
 * Runs the work while no other process holds the lock. The lock is a file with the holder's process id; that of a dead process is
 * taken away.
 * @param {string} file @param {() => void} work
 */
export async function whileLocked(file, work) {
  await take(file);
  const release = () => rmSync(file, { force: true });
  // The work may end the process when it fails.
  process.once('exit', release);
  try {
    work();
  } finally {
    process.removeListener('exit', release);
    release();
  }
}

/** @param {string} file */
async function take(file) {
  for (let waitedMs = 0; waitedMs < LONGEST_WAIT_MS; waitedMs += LOOK_AGAIN_MS) {
    if (tryTake(file)) return;
    const holder = holderOf(file);
    if (holder !== undefined && !isAlive(holder)) dropStale(file, holder);
    else await pause(LOOK_AGAIN_MS);
  }
  process.stderr.write(
    `Process ${holderOf(file)} has been installing or building for long. If it is gone, delete ${file}.\n`,
  );
  process.exit(1);
}

/** A link appears with its content or not at all, so that nobody reads a lock half written. @param {string} file */
function tryTake(file) {
  const own = `${file}.${process.pid}`;
  writeFileSync(own, String(process.pid));
  try {
    linkSync(own, file);
    return true;
  } catch (thrown) {
    if (/** @type {NodeJS.ErrnoException} */ (thrown).code === 'EEXIST') return false;
    throw thrown;
  } finally {
    rmSync(own, { force: true });
  }
}

/** @param {string} file @returns {number | undefined} nothing when the lock has just been released */
function holderOf(file) {
  try {
    return Number(readFileSync(file, 'utf8'));
  } catch {
    return undefined;
  }
}

/** @param {number} pid */
function isAlive(pid) {
  try {
    process.kill(pid, 0);
    return true;
  } catch (thrown) {
    // EPERM: it lives, and belongs to somebody else.
    return /** @type {NodeJS.ErrnoException} */ (thrown).code === 'EPERM';
  }
}

/**
 * Two may find the same dead holder: each moves what is there aside, and puts it back when it turns out to be a living one's lock.
 * @param {string} file @param {number} dead
 */
function dropStale(file, dead) {
  const aside = `${file}.${process.pid}.stale`;
  try {
    renameSync(file, aside);
    if (holderOf(aside) !== dead) linkSync(aside, file);
  } catch {
    // Somebody else was faster; the next round looks again.
  } finally {
    rmSync(aside, { force: true });
  }
}
