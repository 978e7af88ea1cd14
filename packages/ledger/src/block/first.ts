import { type Bytes, encodeCanonical } from '@salus/base';
import { type Genesis, genesisState, type StateValue } from '@salus/contracts';
import { MerkleFrontier } from '@salus/schemes/keyless';
import { keyHash, valueHash } from '../tree/hash.ts';
import type { Page } from '../tree/page.ts';
import { updateTree } from '../tree/tree.ts';
import type { Tip } from './draft.ts';

/** What stands before the first block. */
export interface Beginning {
  tip: Tip;
  values: ReadonlyMap<string, StateValue>;
  encoded: ReadonlyMap<string, Bytes>;
  pages: ReadonlyMap<string, Page>;
}

/** State, tree and tip that a genesis means. */
export function beginning(genesis: Genesis, network: Bytes): Beginning {
  const values = genesisState(genesis);
  const encoded = new Map(Array.from(values, ([key, value]) => [key, encodeCanonical(value)] as const));
  const leaves = Array.from(encoded, ([key, value]) => ({ key: keyHash(key), value: valueHash(value) }));
  const { root, pages } = updateTree(() => undefined, leaves);
  const tip = { height: 0, time: genesis.time, hash: network, stateRoot: root, log: new MerkleFrontier() };
  return { tip, values, encoded, pages };
}
