/**
 * @typedef {import('./tokens.js').Token} Token
 * @typedef {'clock' | 'date' | 'randomness' | 'json' | 'locale' | 'floats' | 'console' | 'process' | 'network'} BanName
 * @typedef {{finds: (tokens: Token[], at: number) => string | undefined, instead: string}} Ban
 */

/**
 * What a ban finds is given as it stands in the source: words apart by spaces, each one token.
 * @param {...string} patterns @returns {Ban['finds']}
 */
const calls = (...patterns) => {
  const split = patterns.map((pattern) => pattern.split(' '));
  return (tokens, at) => {
    // A member of the same name belongs to something else, unless that is the global object.
    if (['.', '?.'].includes(tokens[at - 1]?.text ?? '') && tokens[at - 2]?.text !== 'globalThis') return undefined;
    return split
      .find((words) => words.every((word, i) => isCode(tokens[at + i]) && tokens[at + i]?.text === word))
      ?.join('');
  };
};

/** Names of members, whatever they are called on. @param {...string} names @returns {Ban['finds']} */
const members =
  (...names) =>
  (tokens, at) => {
    const token = tokens[at];
    return token?.kind === 'name' && ['.', '?.'].includes(tokens[at - 1]?.text ?? '') && names.includes(token.text)
      ? `.${token.text}`
      : undefined;
  };

/** @param {...Ban['finds']} finders @returns {Ban['finds']} */
const any =
  (...finders) =>
  (tokens, at) => {
    for (const finds of finders) {
      const found = finds(tokens, at);
      if (found) return found;
    }
    return undefined;
  };

/** @param {Token | undefined} token */
const isCode = (token) => token?.kind === 'name' || token?.kind === 'punct';

/** @type {Ban['finds']} */
const anyDate = (tokens, at) => (tokens[at + 1]?.text === ':' ? undefined : calls('Date')(tokens, at));

/** @type {Ban['finds']} */
const floatLiteral = (tokens, at) => {
  const token = tokens[at];
  return token?.kind === 'number' && !/^0[xob]/i.test(token.text) && /[.e]/i.test(token.text) ? token.text : undefined;
};

/** A quotient is a whole number only inside Math.floor or Math.trunc, which must stand on the same line. @type {Ban['finds']} */
const bareDivision = (tokens, at) => {
  const token = tokens[at];
  if (token?.kind !== 'punct' || token.text !== '/') return undefined;
  const rounded = tokens.some(
    ({ text, line }, i) =>
      i < at && line === token.line && ['floor', 'trunc'].includes(text) && tokens[i - 2]?.text === 'Math',
  );
  return rounded ? undefined : 'a division';
};

/** @type {Record<BanName, Ban>} */
export const bans = {
  clock: {
    finds: calls('Date . now', 'Date ( )', 'performance . now'),
    instead: 'Take the time as an argument; it comes from the block, or from the app’s one clock',
  },
  date: {
    finds: anyDate,
    instead: 'Work with milliseconds since 1970 as whole numbers, taken as an argument',
  },
  randomness: {
    finds: calls(
      'Math . random',
      'crypto . getRandomValues',
      'crypto . randomUUID',
      'crypto . randomBytes',
      'getRandomValues (',
      'randomUUID (',
      'randomBytes (',
    ),
    instead: 'Take a `Random` as an argument and draw from it',
  },
  json: {
    finds: calls('JSON . stringify', 'JSON . parse'),
    instead: 'Use encodeCanonical and decodeCanonical of @salus/base: one value, one encoding',
  },
  locale: {
    finds: any(
      calls('Intl'),
      members(
        'localeCompare',
        'toLocaleString',
        'toLocaleDateString',
        'toLocaleTimeString',
        'toLocaleLowerCase',
        'toLocaleUpperCase',
      ),
    ),
    instead: 'Compare code units or bytes, which are the same on every machine',
  },
  floats: {
    finds: any(
      floatLiteral,
      bareDivision,
      calls('parseFloat', 'Number . parseFloat', 'NaN', 'Infinity'),
      calls(
        ...['sqrt', 'pow', 'exp', 'log', 'log2', 'log10', 'sin', 'cos', 'tan', 'hypot', 'cbrt'].map(
          (name) => `Math . ${name}`,
        ),
      ),
      members('toFixed', 'toPrecision', 'toExponential'),
    ),
    instead: 'Count in whole units (milliseconds, bytes), and divide only inside Math.floor or Math.trunc',
  },
  console: {
    finds: calls('console .'),
    instead: 'Return what there is to say, or give it to the logger that was passed in',
  },
  process: {
    finds: calls('process .', 'process ['),
    instead: 'Take what is needed as an argument; only apps know the process they run in',
  },
  network: {
    finds: calls('fetch (', 'new WebSocket', 'new EventSource', 'new XMLHttpRequest', 'crypto . subtle'),
    instead: 'Add what is missing to the sdk, where it is checked, and call that',
  },
};
