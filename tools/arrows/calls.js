import { bans } from './bans.js';

/**
 * What a file calls and its zone must not.
 * @param {import('./repository.js').Source} source @param {import('./table.js').Zone} zone
 * @returns {import('./check.js').Failure[]}
 */
export function checkCalls({ path, tokens }, zone) {
  return zone.bans.flatMap((name) =>
    tokens.flatMap(({ line }, at) => {
      const found = bans[name].finds(tokens, at);
      return found ? [{ path, line, message: `uses ${found}, but ${zone.why}. ${bans[name].instead}.` }] : [];
    }),
  );
}
