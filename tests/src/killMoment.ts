import { watch } from 'node:fs';
import { join } from 'node:path';
import { Client } from '@salus/sdk';

/**
 * What is seen of a node at work, from outside: a request leaves a device; a part of a streamed answer arrives; the block
 * log grows; the database's log grows; a piece is being written to a store.
 */
export const SIGNS = ['request', 'answer', 'block', 'row', 'piece'] as const;
export type Sign = (typeof SIGNS)[number];

export interface Moment {
  sign: Sign;
  /** So many of them, */
  count: number;
  /** and then so many turns of this process's event loop. */
  turns: number;
  /** Of requests, only those of this route count. */
  route?: string;
}

/** Calls under way to a node, by route. */
export type UnderWay = Map<string, number>;

/**
 * Runs something at a moment of a node's work in `home`, once. Gives how to stop watching, and the routes that were being
 * called when it came.
 */
export function atMoment(home: string, { sign, count, turns, route }: Moment, run: () => void) {
  const underWay: UnderWay = new Map();
  const interrupted: string[] = [];
  let left = count;
  const seen = (kind: Sign, name?: string) => {
    if (kind !== sign || (route !== undefined && name !== route) || --left !== 0) return;
    void afterTurns(turns).then(() => {
      interrupted.push(...underWay.keys());
      run();
    });
  };
  const closers = [watchClient(underWay, seen), ...watchFiles(home, sign, () => seen(sign))];
  const stop = () => {
    for (const close of closers) close();
  };
  return { interrupted, stop };
}

/** The files whose changes are a sign; stores show their pieces where they are not finished yet. */
function watchFiles(home: string, sign: Sign, seen: () => void): (() => void)[] {
  const node = join(home, 'node');
  const places: Partial<Record<Sign, string[]>> = {
    block: [join(node, 'ledger', 'blocks.log')],
    row: [join(node, 'salus.db-wal')],
    piece: [1, 2, 3, 4, 5, 6].map((i) => join(home, 'clouds', String(i), 'unfinished')),
  };
  return (places[sign] ?? []).map((place) => {
    const watcher = watch(place, seen);
    return () => watcher.close();
  });
}

type Call = (this: unknown, name: string, ...rest: unknown[]) => Promise<unknown>;

function watchClient(underWay: UnderWay, seen: (sign: Sign, route?: string) => void): () => void {
  const prototype = Client.prototype as unknown as { call: Call; stream: Call };
  const { call, stream } = prototype;
  const counted = (name: string, by: number) => {
    const now = (underWay.get(name) ?? 0) + by;
    if (now > 0) underWay.set(name, now);
    else underWay.delete(name);
  };
  prototype.call = function calling(name, ...rest) {
    counted(name, 1);
    seen('request', name);
    return call.call(this, name, ...rest).finally(() => counted(name, -1));
  };
  prototype.stream = async function streaming(name, ...rest) {
    counted(name, 1);
    seen('request', name);
    const parts = (await stream.call(this, name, ...rest).catch((thrown: unknown) => {
      counted(name, -1);
      throw thrown;
    })) as AsyncIterable<Uint8Array>;
    return (async function* each() {
      try {
        for await (const part of parts) {
          seen('answer');
          yield part;
        }
      } finally {
        counted(name, -1);
      }
    })();
  };
  return () => Object.assign(prototype, { call, stream });
}

async function afterTurns(turns: number): Promise<void> {
  for (let turn = 0; turn < turns; turn++) await new Promise((resolve) => setImmediate(resolve));
}
