import { assert, type Bytes, concat } from '@salus/base';
import { EMPTY, leafHash, nodeHash } from './hash.ts';

/** One key with its value, as hashes. */
export interface Leaf {
  key: Bytes;
  value: Bytes;
}

/** A subtree that is not empty. One with a single leaf is that leaf, at whatever depth. */
export interface Node {
  readonly hash: Bytes;
  readonly leaf?: Leaf;
}

/** A leaf as a node. Most leaves of a page that is read are never hashed: their parents' hashes are stored. */
class LeafNode implements Node {
  readonly leaf: Leaf;
  #hash: Bytes | undefined;

  constructor(leaf: Leaf) {
    this.leaf = leaf;
  }

  get hash(): Bytes {
    this.#hash ??= leafHash(this.leaf.key, this.leaf.value);
    return this.#hash;
  }
}

/** Node of a leaf. */
export const leafNode = (leaf: Leaf): Node => new LeafNode(leaf);

const WIDTH = 16;

/**
 * Four levels of the tree: up to 16 children and the nodes above them, numbered as a heap (the top is 1, the children of
 * i are 2i and 2i + 1, the page's children are 16 … 31). Nodes above are computed when asked for, once. A page is not
 * changed after it has been read from: `with` gives another.
 */
export class Page {
  readonly #nodes: (Node | undefined)[];
  /** Bit i: node i is computed. */
  #known: number;

  private constructor(nodes: (Node | undefined)[], known: number) {
    this.#nodes = nodes;
    this.#known = known;
  }

  static empty(): Page {
    return new Page(new Array<Node | undefined>(2 * WIDTH).fill(undefined), -1);
  }

  /** The page with some children replaced. */
  with(children: ReadonlyMap<number, Node>): Page {
    const nodes = this.#nodes.slice();
    let known = this.#known;
    for (const [place, child] of children) {
      nodes[WIDTH + place] = child;
      for (let above = (WIDTH + place) >> 1; above > 0; above >>= 1) known &= ~(1 << above);
    }
    return new Page(nodes, known);
  }

  child(place: number): Node | undefined {
    return this.#nodes[WIDTH + place];
  }

  /** Node of the heap number. At most 15 hashes the first time. */
  node(number: number): Node | undefined {
    if ((this.#known >>> number) & 1) return this.#nodes[number];
    this.#known |= 1 << number;
    return (this.#nodes[number] = join(this.node(2 * number), this.node(2 * number + 1)));
  }

  /** The page as a child of the page above. */
  top(): Node | undefined {
    return this.node(1);
  }

  /**
   * Which children are leaves (16 bits), which are pages (16 bits); key and value hashes, or the page's hash, of each in
   * order; then the hashes of the nodes above that have two sides, from the last to the top.
   */
  encode(): Bytes {
    let [leaves, pages] = [0, 0];
    const parts: Bytes[] = [];
    for (let place = 0; place < WIDTH; place++) {
      const child = this.child(place);
      if (child?.leaf) {
        leaves |= 1 << place;
        parts.push(child.leaf.key, child.leaf.value);
      } else if (child) {
        pages |= 1 << place;
        parts.push(child.hash);
      }
    }
    for (let number = WIDTH - 1; number > 0; number--) {
      const node = this.node(number);
      if (node && !node.leaf) parts.push(node.hash);
    }
    return concat(Uint8Array.of(leaves >> 8, leaves & 255, pages >> 8, pages & 255), ...parts);
  }

  /** Reads our own encoding, without hashing. Keeps views of the bytes. */
  static decode(bytes: Bytes): Page {
    const nodes = new Array<Node | undefined>(2 * WIDTH).fill(undefined);
    const leaves = (bytes[0]! << 8) | bytes[1]!;
    const pages = (bytes[2]! << 8) | bytes[3]!;
    let at = 4;
    const take = () => bytes.subarray(at, (at += 32));
    for (let place = 0; place < WIDTH; place++) {
      if ((leaves >> place) & 1) nodes[WIDTH + place] = leafNode({ key: take(), value: take() });
      else if ((pages >> place) & 1) nodes[WIDTH + place] = { hash: take() };
    }
    for (let number = WIDTH - 1; number > 0; number--) {
      const [left, right] = [nodes[2 * number], nodes[2 * number + 1]];
      nodes[number] = hasTwoSides(left, right) ? { hash: take() } : (left ?? right);
    }
    assert(at === bytes.length, 'a stored page has the length its children need');
    return new Page(nodes, -1);
  }
}

/** Whether the node above must be hashed: not where it is empty, or the one leaf below it. */
function hasTwoSides(left: Node | undefined, right: Node | undefined): boolean {
  if (left && right) return true;
  const only = left ?? right;
  return only !== undefined && only.leaf === undefined;
}

function join(left: Node | undefined, right: Node | undefined): Node | undefined {
  if (!hasTwoSides(left, right)) return left ?? right;
  return { hash: nodeHash(left?.hash ?? EMPTY, right?.hash ?? EMPTY) };
}
