import type { Bytes } from '@salus/base';
import { type MerkleFrontier, nodeHash } from '@salus/schemes/keyless';

/** Root of a full subtree of the log: of `2^level` leaves from leaf `index · 2^level` on. */
export interface LogNode {
  level: number;
  index: number;
  hash: Bytes;
}

/**
 * Appends a leaf hash to the log's right edge and names every full subtree that it completes; these are kept so that any
 * later proof reads O(log n) of them. Changes the frontier.
 */
export function appendToLog(frontier: MerkleFrontier, leaf: Bytes): LogNode[] {
  const completed: LogNode[] = [{ level: 0, index: frontier.size, hash: leaf }];
  let node = leaf;
  let index = frontier.size;
  for (let level = 1; index % 2 === 1; level++) {
    index = (index - 1) / 2;
    node = nodeHash(frontier.edge.pop()!, node);
    completed.push({ level, index, hash: node });
  }
  frontier.edge.push(node);
  frontier.size++;
  return completed;
}
