import { checkCalls } from './calls.js';
import { checkCycles } from './cycles.js';
import { checkDoors } from './doors.js';
import { checkImports } from './reach.js';
import { Repository } from './repository.js';
import { LONGEST_FILE_LINES, wholeSchemes, zones } from './table.js';

/** @typedef {{path: string, line: number, message: string}} Failure */

/**
 * Everything in which sources break the import table and the bans, in the order of files.
 * @param {ReadonlyMap<string, string>} files text by path from the root: sources and package.json files
 * @returns {Failure[]}
 */
export function check(files) {
  const repository = new Repository(files);
  const failures = [...repository.sources.values()].flatMap((source) => {
    const zone = zoneOf(source.path);
    if (!zone) return [unplaced(source.path)];
    return [...checkImports(source, zone, repository), ...checkCalls(source, zone), ...checkLength(source)];
  });
  return [...failures, ...checkCycles(repository), ...checkDoors(repository)].sort(
    (a, b) => compare(a.path, b.path) || a.line - b.line,
  );
}

/** @param {string} path */
const zoneOf = (path) =>
  zones
    .filter(({ folder }) => path === folder || path.startsWith(`${folder}/`))
    .sort((a, b) => b.folder.length - a.folder.length)[0];

/** @param {string} path @returns {Failure} */
const unplaced = (path) => ({
  path,
  line: 1,
  message:
    'belongs to no zone of tools/arrows/table.js, because every package has to say what it may know. Add its folder to the table.',
});

/** @param {import('./repository.js').Source} source @returns {Failure[]} */
const checkLength = ({ path, lines }) =>
  lines <= LONGEST_FILE_LINES || path.endsWith('.gen.ts') || wholeSchemes.includes(path)
    ? []
    : [
        {
          path,
          line: LONGEST_FILE_LINES + 1,
          message: `has ${lines} lines, and over ${LONGEST_FILE_LINES} a file has more than one subject, so that every change meets every other there. Split it by noun; a whole scheme, which is audited as one, may be listed in tools/arrows/table.js instead.`,
        },
      ];

/** @param {string} a @param {string} b */
const compare = (a, b) => (a < b ? -1 : a > b ? 1 : 0);
