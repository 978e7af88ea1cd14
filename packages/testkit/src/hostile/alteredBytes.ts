import { type Bytes, concat } from '@salus/base';
import type { Dice } from './dice.ts';

/** Longer parts than this find nothing that shorter ones do not. */
const PART_LIMIT_BYTES = 300;
/** Deeper than any decoder's recursion bears, and a depth that some bear. */
const DEPTHS = [32, 33, 100, 1_000, 3_000, 3_600, 8_000, 100_000];

/** CBOR heads that promise more than follows, or what is not canonical, and their like of other forms. */
const BOMBS = [
  [0x5b, 0, 0, 0, 0, 0xc0, 0, 0, 0],
  [0x7b, 0x7f, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff],
  [0x9b, 0, 0, 0, 0xff, 0, 0, 0, 0],
  [0xbb, 0, 0, 0, 0, 0xff, 0xff, 0xff, 0xff],
  [0x9a, 0xff, 0xff, 0xff, 0xff],
  [0x5f, 0x9f, 0xbf, 0xff],
  [0xf7],
  [0xfb, 0x7f, 0xf8, 0, 0, 0, 0, 0, 0],
  [0xc2, 0x49, 1, 0, 0, 0, 0, 0, 0, 0, 0],
  [0x1b, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff],
  [0x3b, 0, 0x20, 0, 0, 0, 0, 0, 0],
  [0xff, 0xff, 0xff, 0xff],
  [0, 0, 0, 0],
  [0x7f, 0xff, 0xff, 0xff],
].map((bytes) => Uint8Array.from(bytes));

type Alteration = (bytes: Bytes, dice: Dice, samples: readonly Bytes[]) => Bytes;

const ALTERATIONS: Alteration[] = [
  function flipped(bytes, dice) {
    const copy = bytes.slice();
    for (let i = 1 + dice.below(8); i > 0 && copy.length > 0; i--) copy[dice.below(copy.length)]! ^= 1 << dice.below(8);
    return copy;
  },
  function overwritten(bytes, dice) {
    const copy = bytes.slice();
    const part = dice.below(3) === 0 ? dice.pick(BOMBS) : dice.bytes(dice.length(32));
    copy.set(part.subarray(0, copy.length), dice.below(Math.max(1, copy.length - part.length)));
    return copy;
  },
  (bytes, dice) => bytes.subarray(0, dice.below(bytes.length + 1)),
  (bytes, dice) => bytes.subarray(dice.below(bytes.length + 1)),
  (bytes, dice) => concat(bytes, dice.bytes(1 + dice.length(PART_LIMIT_BYTES))),
  function inserted(bytes, dice) {
    const at = dice.below(bytes.length + 1);
    return concat(bytes.subarray(0, at), dice.pick([...BOMBS, dice.bytes(dice.length(40))]), bytes.subarray(at));
  },
  function cutOut(bytes, dice) {
    const from = dice.below(bytes.length + 1);
    return concat(bytes.subarray(0, from), bytes.subarray(from + dice.length(bytes.length - from)));
  },
  function repeated(bytes, dice) {
    const from = dice.below(bytes.length + 1);
    const part = bytes.subarray(from, from + dice.length(PART_LIMIT_BYTES));
    return concat(bytes.subarray(0, from), part, part, bytes.subarray(from));
  },
  function spliced(bytes, dice, samples) {
    const other = dice.pick(samples);
    return concat(bytes.subarray(0, dice.below(bytes.length + 1)), other.subarray(dice.below(other.length + 1)));
  },
];

/** Bytes near a sample, or of no form at all. */
export function alteredBytes(samples: readonly Bytes[], dice: Dice): Bytes {
  const kind = dice.below(2_000);
  if (kind < 80) return dice.bytes(dice.length(PART_LIMIT_BYTES));
  if (kind === 80) return nested(dice);
  let bytes = dice.pick(samples);
  for (let i = 1 + dice.below(3); i > 0; i--) bytes = dice.pick(ALTERATIONS)(bytes, dice, samples);
  return bytes;
}

/** Lists in lists, maps in maps, brackets in brackets: closed, so that only their depth is wrong. */
function nested(dice: Dice): Bytes {
  const depth = dice.pick(DEPTHS);
  const [open, inner, close] = dice.pick([
    [[0x81], [0], []],
    [[0xa1, 0x61, 0x61], [0], []],
    [[0x5b], [], [0x5d]],
    [[0x7b, 0x22, 0x61, 0x22, 0x3a], [0x31], [0x7d]],
  ] as const);
  const whole = new Uint8Array(depth * (open.length + close.length) + inner.length);
  for (let i = 0; i < depth; i++) whole.set(open, i * open.length);
  whole.set(inner, depth * open.length);
  whole.fill(close[0] ?? 0, depth * open.length + inner.length);
  return whole;
}
