import type { GT } from './curve.ts';
import { mcl, raw } from './mcl.ts';
import { GT_BYTES, PAIR_BYTES, TargetLoop } from './target-loop.ts';

/** One for the process: all tables lie in its memory, so that a product may use several. */
let started: { loop: TargetLoop; one: number } | undefined;

function start(): { loop: TargetLoop; one: number } {
  const loop = new TargetLoop();
  const one = loop.take(PAIR_BYTES);
  onStack(1, ([at]) => {
    unit().copyToMem(at!);
    loop.read(one, at!);
  });
  return { loop, one };
}

/** The process's loop, and the element one in its memory. */
export const theLoop = () => (started ??= start());

/** Room for elements on the library's stack, overwritten afterwards. */
export function onStack(count: number, work: (at: readonly number[]) => void): void {
  const module = raw();
  const stack = module.stackSave();
  const at = Array.from({ length: count }, () => module.stackAlloc(GT_BYTES));
  work(at);
  for (const address of at) module.HEAP32.fill(0, address >> 2, (address + GT_BYTES) >> 2);
  module.stackRestore(stack);
}

/** The element one. */
export function unit(): GT {
  const value = new mcl.GT();
  value.setInt(1);
  return value;
}
