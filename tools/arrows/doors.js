import { importedBy, wayTo } from './cycles.js';
import { sealedDoors } from './table.js';

/**
 * One failure for each door through which a part of its package can be reached that must not be.
 * @param {import('./repository.js').Repository} repository @returns {import('./check.js').Failure[]}
 */
export function checkDoors(repository) {
  return sealedDoors.flatMap(({ door, never, why }) => {
    /** @type {Map<string, string>} */
    const cameFrom = new Map();
    const queue = [door];
    for (let path = queue.shift(); path !== undefined; path = queue.shift()) {
      if (path.startsWith(never)) {
        const way = wayTo(path, door, cameFrom).map((file) => file.slice(file.indexOf('/src/') + 5));
        return [
          {
            path: door,
            line: 1,
            message: `reaches ${never} by way of ${way.join(' → ')}, but ${why}. Cut the import, or move what both need out of ${never}.`,
          },
        ];
      }
      for (const target of importedBy(path, repository)) {
        if (target === door || cameFrom.has(target)) continue;
        cameFrom.set(target, path);
        queue.push(target);
      }
    }
    return [];
  });
}
