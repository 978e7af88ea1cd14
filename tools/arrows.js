// Checks who imports whom, and what must not be called where: `node tools/arrows.js`.
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative, sep } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { check } from './arrows/check.js';

const ROOT = dirname(dirname(fileURLToPath(import.meta.url)));
const GROUPS = ['packages', 'apps', 'bench'];
const SKIPPED = new Set(['node_modules', 'dist', '.peers']);

/** Sources and package.json files by path from the root. @param {string} root */
export function readTree(root) {
  /** @type {Map<string, string>} */
  const files = new Map();
  /** @param {string} folder */
  const visit = (folder) => {
    for (const entry of readdirSync(folder, { withFileTypes: true })) {
      const path = join(folder, entry.name);
      if (entry.isDirectory() && !SKIPPED.has(entry.name)) visit(path);
      else if (entry.isFile() && /\.tsx?$|^package\.json$/.test(entry.name))
        files.set(relative(root, path).split(sep).join('/'), readFileSync(path, 'utf8'));
    }
  };
  for (const group of GROUPS) visit(join(root, group));
  return files;
}

if (process.argv[1] && import.meta.url === pathToFileURL(process.argv[1]).href) {
  const failures = check(readTree(ROOT));
  for (const { path, line, message } of failures) process.stdout.write(`${path}:${line} ${message}\n`);
  process.exitCode = failures.length === 0 ? 0 : 1;
}
