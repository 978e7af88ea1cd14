import { renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { AroundStore } from '@salus/node';
import { FaultyStore } from '@salus/testkit';

type Call = 'put' | 'get' | 'list' | 'delete';

const machineTimers = {
  now: () => performance.now(),
  after(delayMs: number, run: () => void) {
    const timer = setTimeout(run, delayMs);
    return () => clearTimeout(timer);
  },
};

/** The stores of a node, each with a fault around it that a test sets, over the folders that the node keeps. */
export class FaultyStores {
  readonly #stores = new Map<string, FaultyStore>();

  readonly around: AroundStore = (store, name) => {
    const faulty = new FaultyStore(store, machineTimers);
    // One that is opened again is as faulty as before.
    faulty.fault = this.#stores.get(name)?.fault;
    this.#stores.set(name, faulty);
    return faulty;
  };

  /** The i-th, from 1. */
  at = (i: number): FaultyStore => this.#stores.get(`store-${i}`)!;

  named = (name: string): FaultyStore => this.#stores.get(name)!;

  heal(): void {
    for (const store of this.#stores.values()) store.fault = undefined;
  }

  /** Does something in the middle: at the so-many-th call of a kind from now on, over all stores or those named, before it is done. */
  atCall(call: Call, count: number, run: () => unknown, names = [...this.#stores.keys()]): { happened: () => boolean } {
    let left = count;
    for (const name of names)
      this.named(name).onCall = (now) => {
        if (now === call && --left === 0) return run();
      };
    return { happened: () => left <= 0 };
  }
}

/** Takes the folders of stores away, as disks that are pulled out, or cables. Gives what puts them back. */
export function takeAway(home: string, ...stores: number[]): () => void {
  const folders = stores.map((i) => join(home, 'clouds', String(i)));
  for (const folder of folders) renameSync(folder, `${folder}.away`);
  return () => {
    for (const folder of folders) {
      rmSync(folder, { recursive: true, force: true });
      renameSync(`${folder}.away`, folder);
    }
  };
}
