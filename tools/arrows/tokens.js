/**
 * A token of TypeScript source, as far as imports and calls need it. A string's text is its content.
 * @typedef {{kind: 'name' | 'number' | 'string' | 'template' | 'regex' | 'punct', text: string, line: number}} Token
 */

/** After these words a slash begins a regular expression; after any other name it divides. */
const BEFORE_REGEX = new Set(
  'return typeof case in of delete void throw new instanceof await yield else do'.split(' '),
);
const NAME = /[\p{ID_Start}$_#][\p{ID_Continue}$\u200c\u200d]*/uy;
const NUMBER = /(?:0[xob][\da-f_]+|(?:\d[\d_]*)(?:\.[\d_]*)?(?:e[+-]?\d+)?)n?/iy;
const PUNCTUATION = /=>|\?\.|\*\*|&&|\|\||\?\?|[-+*/%<>=!&|^~?:;,.(){}[\]@]/y;
const SPACE = /\s+/y;

/**
 * Splits source into tokens and leaves comments out. It is no parser: JSX text is read as if it were code, and a string left open
 * ends with its line, so that one odd line cannot hide the lines after it.
 * @param {string} source @returns {Token[]}
 */
export function tokenize(source) {
  /** @type {Token[]} */
  const tokens = [];
  let at = 0;
  let line = 1;
  /** Open braces of template substitutions: where the count falls back, the template's text goes on. @type {number[]} */
  const templates = [];
  let braces = 0;

  /** @param {Token['kind']} kind @param {number} end @param {string} [text] */
  const take = (kind, end, text = source.slice(at, end)) => {
    tokens.push({ kind, text, line });
    skipTo(end);
  };
  /** @param {number} end */
  const skipTo = (end) => {
    for (; at < end; at += 1) if (source[at] === '\n') line += 1;
  };
  /** Text of a template from here to its end or to its next substitution. @param {number} from */
  const takeTemplate = (from) => {
    let end = from;
    while (end < source.length && source[end] !== '`' && !source.startsWith('${', end))
      end += source[end] === '\\' ? 2 : 1;
    const substitutes = source.startsWith('${', end);
    take('template', Math.min(source.length, end + (substitutes ? 2 : 1)), source.slice(from, end));
    if (substitutes) {
      templates.push(braces);
      braces += 1;
    }
  };

  while (at < source.length) {
    const here = source[at] ?? '';
    const space = match(SPACE, source, at);
    if (space) skipTo(at + space.length);
    else if (source.startsWith('//', at) || (at === 0 && source.startsWith('#!'))) skipTo(endOf(source, '\n', at));
    else if (source.startsWith('/*', at)) skipTo(endOf(source, '*/', at + 2));
    else if (here === "'" || here === '"') {
      const end = endOfString(source, at);
      take('string', end, source.slice(at + 1, end - 1));
    } else if (here === '`') takeTemplate(at + 1);
    else if (here === '/' && startsRegex(tokens.at(-1))) take('regex', endOfRegex(source, at));
    else if (here === '}' && templates.at(-1) === braces - 1) {
      templates.pop();
      braces -= 1;
      takeTemplate(at + 1);
    } else {
      if (here === '{') braces += 1;
      if (here === '}') braces -= 1;
      const name = match(NAME, source, at);
      const number = name ? '' : match(NUMBER, source, at);
      if (name) take('name', at + name.length);
      else if (number) take('number', at + number.length);
      else take('punct', at + (match(PUNCTUATION, source, at).length || 1));
    }
  }
  return tokens;
}

/** @param {RegExp} sticky @param {string} source @param {number} at */
function match(sticky, source, at) {
  sticky.lastIndex = at;
  return sticky.exec(source)?.[0] ?? '';
}

/** @param {string} source @param {string} mark @param {number} from */
function endOf(source, mark, from) {
  const end = source.indexOf(mark, from);
  return end < 0 ? source.length : end + mark.length;
}

/** @param {string} source @param {number} start */
function endOfString(source, start) {
  let end = start + 1;
  while (end < source.length && source[end] !== source[start] && source[end] !== '\n')
    end += source[end] === '\\' ? 2 : 1;
  return Math.min(source.length, end + 1);
}

/** @param {string} source @param {number} start */
function endOfRegex(source, start) {
  let inClass = false;
  for (let end = start + 1; end < source.length && source[end] !== '\n'; end += 1) {
    if (source[end] === '\\') end += 1;
    else if (source[end] === '[') inClass = true;
    else if (source[end] === ']') inClass = false;
    else if (source[end] === '/' && !inClass) return end + 1;
  }
  return start + 1;
}

/** @param {Token | undefined} previous */
function startsRegex(previous) {
  if (!previous) return true;
  if (previous.kind === 'name') return BEFORE_REGEX.has(previous.text);
  return previous.kind === 'punct' && ![')', ']', '}'].includes(previous.text);
}
