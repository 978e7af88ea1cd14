import type { Dice } from './dice.ts';

/** Longer than any text or byte field takes; rarer than the others, because they cost as much as a hundred of those. */
const LONG: readonly unknown[] = ['x'.repeat(70_000), new Uint8Array(70_000)];
const EDGES: readonly unknown[] = [
  null,
  true,
  0,
  -1,
  1,
  255,
  2 ** 31,
  2 ** 32,
  Number.MAX_SAFE_INTEGER,
  '',
  '\u0000',
  '__proto__',
  'constructor',
  '\ud800'.normalize(),
  [],
  {},
  new Uint8Array(0),
  new Uint8Array(32),
];
const KEYS = ['__proto__', 'constructor', 'toString', '', 'note', '0'];

/**
 * A value of the same tree with one to three places changed: another type, another value of the same type, a part of
 * another tree, a key more or less, a list longer, shorter or repeated.
 */
export function alteredValue(tree: unknown, others: readonly unknown[], dice: Dice): unknown {
  let value = tree;
  for (let i = 1 + dice.below(3); i > 0; i--) value = alteredAt(value, others, dice);
  return value;
}

/** Goes down at random, so that every depth is met. */
function alteredAt(value: unknown, others: readonly unknown[], dice: Dice): unknown {
  const goesDown = dice.below(5) > 0;
  if (Array.isArray(value) && value.length > 0 && goesDown) {
    const place = dice.below(value.length);
    return value.map((item, i) => (i === place ? alteredAt(item, others, dice) : item));
  }
  if (isMap(value) && Object.keys(value).length > 0 && goesDown) {
    const key = dice.pick(Object.keys(value));
    return { ...value, [key]: alteredAt(value[key], others, dice) };
  }
  return dice.below(2) === 0
    ? alteredAlike(value, dice)
    : dice.below(3) > 0
      ? dice.pick(dice.below(40) === 0 ? LONG : EDGES)
      : partOf(dice.pick(others), dice);
}

const isMap = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !(value instanceof Uint8Array) && !Array.isArray(value);

function alteredAlike(value: unknown, dice: Dice): unknown {
  if (typeof value === 'number') return dice.pick([value + 1, value - 1, -value, value * 2 ** dice.below(21), 0]);
  if (typeof value === 'boolean') return !value;
  if (typeof value === 'string') return alteredText(value, dice);
  if (value instanceof Uint8Array) return alteredByteField(value, dice);
  if (Array.isArray(value)) return alteredList(value, dice);
  if (isMap(value)) return alteredMap(value, dice);
  return dice.pick(EDGES);
}

function alteredText(value: string, dice: Dice): string {
  const at = dice.below(value.length + 1);
  return dice.pick([
    value.slice(0, at),
    value + value,
    value.toUpperCase(),
    `${value.slice(0, at)}${String.fromCharCode(dice.below(0xd800))}${value.slice(at + 1)}`,
    `${value.slice(0, at)}/../${value.slice(at)}`,
  ]);
}

function alteredByteField(value: Uint8Array, dice: Dice): Uint8Array {
  const copy = value.slice();
  if (copy.length > 0) copy[dice.below(copy.length)]! ^= 1 << dice.below(8);
  return dice.pick([
    copy,
    value.subarray(0, dice.below(value.length + 1)),
    Uint8Array.from([...value.subarray(0, 2_000), 0]),
    new Uint8Array(value.length),
    new Uint8Array(value.length).fill(255),
    dice.bytes(Math.min(value.length, 2_000)),
  ]);
}

const alteredList = (value: unknown[], dice: Dice): unknown[] =>
  dice.pick([
    value.slice(0, dice.below(value.length + 1)),
    [...value, ...value],
    [...value].reverse(),
    [value],
    Array.from({ length: 1 + dice.length(3_000) }, () => value[0] ?? 0),
  ]);

function alteredMap(value: Record<string, unknown>, dice: Dice): unknown {
  const keys = Object.keys(value);
  const key = keys.length > 0 ? dice.pick(keys) : 'a';
  const { [key]: taken, ...rest } = value;
  return dice.pick<unknown>([
    rest,
    { ...rest, [dice.pick(KEYS)]: taken },
    { ...value, [dice.pick(KEYS)]: 1 },
    keys,
    [value],
  ]);
}

function partOf(value: unknown, dice: Dice): unknown {
  const parts = Array.isArray(value) ? value : isMap(value) ? Object.values(value) : [];
  return parts.length > 0 && dice.below(3) > 0 ? partOf(dice.pick(parts), dice) : value;
}
