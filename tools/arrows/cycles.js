/** @typedef {import('./repository.js').Repository} Repository */

/**
 * One failure for each knot of files that import each other, types included. Between packages the table already allows no cycle.
 * @param {Repository} repository @returns {import('./check.js').Failure[]}
 */
export function checkCycles(repository) {
  const reported = new Set();
  return [...repository.sources.keys()].flatMap((path) => {
    const cycle = reported.has(path) ? undefined : shortestWayBack(path, repository);
    if (!cycle) return [];
    for (const member of cycle) reported.add(member);
    const names = cycle.map((member) => member.slice(member.lastIndexOf('/') + 1));
    return [
      {
        path,
        line: 1,
        message: `imports itself through ${names.join(' → ')}, and files in a cycle can be understood, tested and moved only together. Move what they share into a third file that imports neither; a type counts, too.`,
      },
    ];
  });
}

/** Breadth first, so that the shortest cycle is told. @param {string} start @param {Repository} repository */
function shortestWayBack(start, repository) {
  /** @type {Map<string, string>} */
  const cameFrom = new Map();
  const queue = [start];
  for (let path = queue.shift(); path !== undefined; path = queue.shift()) {
    for (const target of importedBy(path, repository)) {
      if (target === start) return [...wayTo(path, start, cameFrom), start];
      if (cameFrom.has(target)) continue;
      cameFrom.set(target, path);
      queue.push(target);
    }
  }
  return undefined;
}

/** @param {string} path @param {Repository} repository */
export const importedBy = (path, repository) =>
  (repository.sources.get(path)?.imports ?? []).flatMap(({ specifier }) => repository.targets(path, specifier));

/** @param {string} end @param {string} start @param {Map<string, string>} cameFrom */
export function wayTo(end, start, cameFrom) {
  const way = [end];
  for (let at = end; at !== start; way.unshift(at)) at = cameFrom.get(at) ?? start;
  return way;
}
