import type { Surroundings } from '@salus/sdk';
import { IdbStore } from './idbStore.ts';

/** The one profile of this browser at this address. */
export const store = new IdbStore('main');

/** A browser's device: its node is where the page came from, its store a database of the browser. */
export const surroundings: Surroundings = {
  node: self.location.origin,
  store,
  random: (lengthBytes) => crypto.getRandomValues(new Uint8Array(lengthBytes)),
  now: Date.now,
};
