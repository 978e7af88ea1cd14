import { assert, type Bytes, equal } from '@salus/base';
import { EMPTY, nibbleAt } from './hash.ts';
import { type Leaf, leafNode, type Node, Page } from './page.ts';

/** Reads a page by its path: the hexadecimal digits of the key hashes below it, "" for the top. */
export type PageReader = (path: string) => Page | undefined;

/** A batch of changes, applied. */
export interface TreeUpdate {
  root: Bytes;
  /** New contents of every page that changed, by path. */
  pages: Map<string, Page>;
}

/** Root of a tree by its top page. */
export const treeRoot = (top: Page | undefined): Bytes => top?.top()?.hash ?? EMPTY;

/**
 * Sets keys, each page on their ways being computed once. Keys may be new; none is ever removed. Cost per key: a page of at
 * most 15 hashes for each level that no other key of the batch shares, about log16 of the number of keys.
 */
export function updateTree(read: PageReader, changes: readonly Leaf[]): TreeUpdate {
  const pages = new Map<string, Page>();
  if (changes.length === 0) return { root: treeRoot(read('')), pages };
  const top = updatePage(read, pages, '', read('') ?? Page.empty(), changes);
  return { root: top.hash, pages };
}

function updatePage(
  read: PageReader,
  pages: Map<string, Page>,
  path: string,
  page: Page,
  changes: readonly Leaf[],
): Node {
  const byPlace = groupByPlace(changes, path.length);
  const children = new Map<number, Node>();
  for (const [place, group] of byPlace)
    children.set(place, updateChild(read, pages, path + place.toString(16), page.child(place), group));
  const updated = page.with(children);
  pages.set(path, updated);
  const top = updated.top();
  assert(top, 'a page that was written to is not empty');
  return top;
}

function updateChild(
  read: PageReader,
  pages: Map<string, Page>,
  path: string,
  child: Node | undefined,
  group: readonly Leaf[],
): Node {
  if (child && !child.leaf) {
    const below = read(path);
    assert(below, 'a page that its parent names is stored');
    return updatePage(read, pages, path, below, group);
  }
  const stays = child?.leaf && !group.some((leaf) => equal(leaf.key, child.leaf!.key)) ? [child.leaf] : [];
  const leaves = [...stays, ...group];
  if (leaves.length === 1) return leafNode(leaves[0]!);
  return updatePage(read, pages, path, Page.empty(), leaves);
}

function groupByPlace(leaves: readonly Leaf[], depth: number): Map<number, Leaf[]> {
  const groups = new Map<number, Leaf[]>();
  for (const leaf of leaves) {
    const place = nibbleAt(leaf.key, depth);
    const group = groups.get(place);
    if (group) group.push(leaf);
    else groups.set(place, [leaf]);
  }
  return groups;
}
