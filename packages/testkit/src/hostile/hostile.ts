import { type Bytes, decodeCanonical, encodeCanonical, hex, isSalusError } from '@salus/base';
import { z } from 'zod';
import { alteredBytes } from './alteredBytes.ts';
import { alteredValue } from './alteredValue.ts';
import { Dice } from './dice.ts';

/** Something that takes bytes from outside. */
export interface HostileTarget {
  /** Valid inputs; CBOR ones are changed as trees, too. Each must be taken first. */
  samples: readonly Bytes[];
  /** Inputs to start from that need not be taken any more, as what counts only once. */
  near?: readonly Bytes[];
  /** Takes an input, or refuses it: by a SalusError, or by giving undefined or false. */
  take: (bytes: Bytes) => unknown;
  /** Inputs under way at once where `take` is asynchronous; 32 unless told. */
  parallel?: number;
}

/** What became of hostile inputs: how many were taken after all, and how often each error came. */
export interface HostileReport {
  taken: number;
  refused: Map<string, number>;
}

/** Longest input shown when something goes wrong. */
const SHOWN_BYTES = 4_000;

/**
 * Gives a target so many hostile inputs, the same for the same seed. Throws where a sample is refused, and, with seed and
 * input, where anything but an error of ours comes of one.
 */
export async function tryHostile(target: HostileTarget, seed: string, count: number): Promise<HostileReport> {
  for (const sample of target.samples) await target.take(sample);
  const report: HostileReport = { taken: 0, refused: new Map() };
  const inputs = hostileInputs([...target.samples, ...(target.near ?? [])], seed);
  const parallel = target.parallel ?? 32;
  for (let done = 0; done < count; ) {
    const outcomes: Promise<void>[] = [];
    for (let i = Math.min(parallel, count - done); i > 0; i--, done++) {
      const input = inputs.next().value as Bytes;
      const outcome = tryOne(target, input, report, () => `input ${done} of seed ${seed}`);
      if (outcome) outcomes.push(outcome);
    }
    await Promise.all(outcomes);
  }
  return report;
}

/** Hostile inputs without end: bytes near the samples, trees near theirs, and bytes of no form. */
export function* hostileInputs(samples: readonly Bytes[], seed: string): Generator<Bytes> {
  const dice = new Dice(seed);
  const trees = samples.flatMap(treeOf);
  for (;;) yield trees.length > 0 && dice.below(2) === 0 ? alteredTree(trees, dice) : alteredBytes(samples, dice);
}

/** One synchronous refusal costs no promise. */
function tryOne(
  target: HostileTarget,
  input: Bytes,
  report: HostileReport,
  name: () => string,
): Promise<void> | undefined {
  const note = (result: unknown) => {
    if (result === undefined || result === false) count(report, 'nothing');
    else report.taken++;
  };
  const fault = (thrown: unknown) => {
    if (!isSalusError(thrown))
      throw new Error(
        `${name()}: ${String((thrown as Error)?.stack ?? thrown)}\n${hex(input.subarray(0, SHOWN_BYTES))}`,
      );
    count(report, thrown.code);
  };
  try {
    const result = target.take(input);
    if (result instanceof Promise) return result.then(note, fault);
    note(result);
  } catch (thrown) {
    fault(thrown);
  }
  return undefined;
}

const count = ({ refused }: HostileReport, code: string): void => void refused.set(code, (refused.get(code) ?? 0) + 1);

function treeOf(sample: Bytes): unknown[] {
  try {
    return [decodeCanonical('a sample', sample, z.unknown(), sample.length)];
  } catch {
    return [];
  }
}

function alteredTree(trees: readonly unknown[], dice: Dice): Bytes {
  try {
    return encodeCanonical(alteredValue(dice.pick(trees), trees, dice));
  } catch {
    // Some values have no canonical form.
    return dice.bytes(dice.length(64));
  }
}
