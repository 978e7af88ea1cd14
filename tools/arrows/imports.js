/**
 * @typedef {import('./tokens.js').Token} Token
 * What a file imports: `specifier` is undefined where it is computed, and `names` lists what a braced import takes.
 * @typedef {{specifier: string | undefined, line: number, names: string[]}} Import
 */

/**
 * Everything a file imports, by `import`, `export … from`, `import()` of code and of types, and `require`. Imports of types count:
 * a type from a package is knowledge of that package.
 * @param {Token[]} tokens @returns {Import[]}
 */
export function importsOf(tokens) {
  /** @type {Import[]} */
  const found = [];
  for (const [at, token] of tokens.entries()) {
    if (token.kind !== 'name' || isMember(tokens, at)) continue;
    const next = tokens[at + 1];
    if (!next) continue;
    if (token.text === 'import') {
      if (next.text === '(' && next.kind === 'punct') found.push(called(tokens, at));
      else if (next.kind === 'string') found.push({ specifier: next.text, line: next.line, names: [] });
      else if (next.text !== '.') found.push(...declared(tokens, at));
    } else if (token.text === 'export' && isReexport(tokens, at)) found.push(...declared(tokens, at));
    else if (token.text === 'require' && next.text === '(' && next.kind === 'punct') found.push(called(tokens, at));
  }
  return found;
}

/** `.import` and `?.require` are members of something else. @param {Token[]} tokens @param {number} at */
const isMember = (tokens, at) => ['.', '?.'].includes(tokens[at - 1]?.text ?? '');

/** @param {Token[]} tokens @param {number} at @returns {Import} */
function called(tokens, at) {
  const argument = tokens[at + 2];
  const whole = [')', ','].includes(tokens[at + 3]?.text ?? '');
  const isText = argument && ['string', 'template'].includes(argument.kind) && whole;
  return { specifier: isText ? argument.text : undefined, line: tokens[at]?.line ?? 1, names: [] };
}

/** From `import` or `export` to the string after `from`; nothing where the statement has none. @param {Token[]} tokens @param {number} start */
function declared(tokens, start) {
  const names = [];
  for (let at = start + 1; at < tokens.length; at += 1) {
    const { kind, text, line } = /** @type {Token} */ (tokens[at]);
    const next = tokens[at + 1];
    if (kind === 'punct' && [';', '=', '('].includes(text)) return [];
    if (kind === 'name' && text === 'from' && next?.kind === 'string') return [{ specifier: next.text, line, names }];
    // In `a as b` only `a` is a name of the other module.
    if (kind === 'name' && !['type', 'as', 'from'].includes(text) && tokens[at - 1]?.text !== 'as') names.push(text);
  }
  return [];
}

/** @param {Token[]} tokens @param {number} at */
function isReexport(tokens, at) {
  const after = tokens[at + 1]?.text === 'type' ? at + 2 : at + 1;
  const first = tokens[after];
  if (first?.kind !== 'punct') return false;
  if (first.text === '*') return true;
  if (first.text !== '{') return false;
  const close = tokens.findIndex((token, place) => place > after && token.kind === 'punct' && token.text === '}');
  return tokens[close + 1]?.text === 'from';
}
