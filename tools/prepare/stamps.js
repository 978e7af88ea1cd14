import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';

/** Folders whose subfolders are packages of the workspace, and packages that stand alone. */
const GROUPS = ['packages', 'apps'];
const SINGLE = ['bench', 'tests'];
const ROOT_BUILD_FILES = ['tsconfig.json', 'tsconfig.base.json'];

/** @param {string} root @returns {string[]} */
function packageFolders(root) {
  const grouped = GROUPS.flatMap((group) => foldersIn(join(root, group)).map((name) => join(root, group, name)));
  return [...grouped, ...SINGLE.map((name) => join(root, name))].filter((folder) =>
    existsSync(join(folder, 'package.json')),
  );
}

/** @param {string} folder */
const foldersIn = (folder) =>
  existsSync(folder)
    ? readdirSync(folder, { withFileTypes: true })
        .filter((entry) => entry.isDirectory())
        .map(({ name }) => name)
        .sort()
    : [];

/**
 * Changes whenever an install could give something else: the lock file and every package.json, by content.
 * @param {string} root
 */
export function installStamp(root) {
  const hash = createHash('sha256');
  for (const file of [
    join(root, 'package-lock.json'),
    join(root, 'package.json'),
    ...packageFolders(root).map((folder) => join(folder, 'package.json')),
  ]) {
    if (existsSync(file))
      hash
        .update(`${file.slice(root.length)}\n`)
        .update(readFileSync(file))
        .update('\n');
  }
  return hash.digest('hex');
}

/**
 * Changes whenever a build could give something else: name, size and time of every source, since reading them all would cost
 * more than the check is worth, and tsc itself compares contents.
 * @param {string} root
 */
export function buildStamp(root) {
  const hash = createHash('sha256');
  for (const file of [
    ...ROOT_BUILD_FILES.map((name) => join(root, name)),
    ...packageFolders(root).flatMap(buildInputs),
  ]) {
    const { mtimeMs, size } = statSync(file);
    hash.update(`${file.slice(root.length)} ${size} ${mtimeMs}\n`);
  }
  return hash.digest('hex');
}

/** @param {string} folder @returns {string[]} */
function buildInputs(folder) {
  const project = join(folder, 'tsconfig.json');
  if (!existsSync(project)) return [];
  const sources = readdirSync(join(folder, 'src'), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .sort();
  const page = ['index.html', 'vite.config.ts'].map((name) => join(folder, name)).filter((file) => existsSync(file));
  return [project, join(folder, 'package.json'), ...page, ...sources];
}

/** Whether every project has its output, which someone may have deleted. @param {string} root */
export const isBuilt = (root) =>
  packageFolders(root)
    .filter((folder) => existsSync(join(folder, 'tsconfig.json')))
    .every(
      (folder) =>
        existsSync(join(folder, 'dist', '.tsbuildinfo')) &&
        (!existsSync(join(folder, 'index.html')) || existsSync(join(folder, 'dist', 'page', 'index.html'))),
    );
