import { posix } from 'node:path';
import { importsOf } from './imports.js';
import { tokenize } from './tokens.js';

/**
 * @typedef {{path: string, lines: number, tokens: import('./tokens.js').Token[], imports: import('./imports.js').Import[]}} Source
 * @typedef {{folder: string, doors: Set<string>, internal: Map<string, string[]>}} Package `internal`: targets of `#` imports
 */

const SOURCE = /^(?:packages|apps)\/[^/]+\/src\/.+\.tsx?$|^bench\/src\/.+\.tsx?$/;
const GENERATED = /\.gen\.ts$/;

/** The sources of a repository, read once, and who imports whom among them. */
export class Repository {
  /** @param {ReadonlyMap<string, string>} files text by path from the root, with forward slashes */
  constructor(files) {
    /** @type {Map<string, Source>} */
    this.sources = new Map();
    for (const [path, text] of [...files].sort(([a], [b]) => (a < b ? -1 : 1))) {
      if (!SOURCE.test(path)) continue;
      const tokens = GENERATED.test(path) ? [] : tokenize(text);
      this.sources.set(path, { path, lines: text.split('\n').length - 1, tokens, imports: importsOf(tokens) });
    }
    this.packages = [...files]
      .filter(([path]) => path.endsWith('/package.json'))
      .map(([path, text]) => packageOf(path, text));
  }

  /** @param {string} path */
  packageOf(path) {
    return this.packages.find(({ folder }) => path.startsWith(`${folder}/`));
  }

  /**
   * The files of the same package that an import leads to; none for other packages.
   * @param {string} path @param {string | undefined} specifier @returns {string[]}
   */
  targets(path, specifier) {
    if (specifier?.startsWith('#')) return this.packageOf(path)?.internal.get(specifier) ?? [];
    if (!specifier?.startsWith('.')) return [];
    return [posix.join(posix.dirname(path), specifier)];
  }
}

/** @param {string} path @param {string} text @returns {Package} */
function packageOf(path, text) {
  const folder = posix.dirname(path);
  const { exports = {}, imports = {} } = JSON.parse(text);
  const inFolder = (/** @type {string} */ file) => posix.join(folder, file);
  return {
    folder,
    doors: new Set(sourcesIn(exports).map(inFolder)),
    internal: new Map(Object.entries(imports).map(([name, target]) => [name, sourcesIn(target).map(inFolder)])),
  };
}

/** Every TypeScript file named under a condition, however deep. @param {unknown} value @returns {string[]} */
function sourcesIn(value) {
  if (typeof value === 'string') return /(?<!\.d)\.ts$/.test(value) ? [value] : [];
  return value && typeof value === 'object' ? Object.values(value).flatMap(sourcesIn) : [];
}
