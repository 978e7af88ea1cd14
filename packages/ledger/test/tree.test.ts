import { type Bytes, isSalusError, u32, utf8 } from '@salus/base';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { bitAt, EMPTY, keyHash, leafHash, nodeHash, valueHash } from '../src/tree/hash.ts';
import { type Leaf, Page } from '../src/tree/page.ts';
import { proveKey, stateProofFault } from '../src/tree/proof.ts';
import { updateTree } from '../src/tree/tree.ts';

type Entries = Map<string, Bytes>;

/** A tree in memory, its pages stored as the node stores them. */
class Tree {
  readonly stored = new Map<string, Bytes>();
  root: Bytes = EMPTY;

  readonly read = (path: string) => {
    const bytes = this.stored.get(path);
    return bytes && Page.decode(bytes);
  };

  set(entries: Iterable<readonly [string, Bytes]>): this {
    const leaves = Array.from(entries, ([key, value]) => ({ key: keyHash(key), value: valueHash(value) }));
    const { root, pages } = updateTree(this.read, leaves);
    for (const [path, page] of pages) this.stored.set(path, page.encode());
    this.root = root;
    return this;
  }

  fault = (key: string, value: Bytes | null) => stateProofFault(this.root, key, value, proveKey(this.read, key));
}

/** The definition in spec/ledger.md, without pages. */
function definedRoot(leaves: Leaf[], depth = 0): Bytes {
  if (leaves.length === 0) return EMPTY;
  if (leaves.length === 1) return leafHash(leaves[0]!.key, leaves[0]!.value);
  const side = (bit: number) =>
    definedRoot(
      leaves.filter(({ key }) => bitAt(key, depth) === bit),
      depth + 1,
    );
  return nodeHash(side(0), side(1));
}

const definedRootOf = (entries: Entries): Bytes =>
  definedRoot(Array.from(entries, ([key, value]) => ({ key: keyHash(key), value: valueHash(value) })));

const key = fc.integer({ min: 0, max: 400 }).map((n) => `record/${n}`);
const value = fc.uint8Array({ minLength: 1, maxLength: 8 });
const batches = fc.array(fc.array(fc.tuple(key, value), { minLength: 1, maxLength: 60 }), {
  minLength: 1,
  maxLength: 5,
});
const thousand = () => Array.from({ length: 1000 }, (_, n) => [`record/${n}`, u32(n)] as const);

describe('the state tree', () => {
  it('has the root of the definition, whatever the batches', () => {
    fc.assert(
      fc.property(batches, (all) => {
        const [tree, model] = [new Tree(), new Map<string, Bytes>()];
        for (const batch of all) {
          const once = new Map(batch);
          for (const [k, v] of once) model.set(k, v);
          tree.set(once);
          expect(tree.root).toEqual(definedRootOf(model));
        }
      }),
    );
  });

  it('does not depend on the order in which keys came', () => {
    fc.assert(
      fc.property(batches, fc.nat(), (all, turn) => {
        const entries = [...new Map(all.flat())];
        const turned = [...entries.slice(turn % entries.length), ...entries.slice(0, turn % entries.length)].reverse();
        const oneByOne = turned.reduce((tree, entry) => tree.set([entry]), new Tree());
        expect(oneByOne.root).toEqual(new Tree().set(entries).root);
      }),
      { numRuns: 40 },
    );
  });

  it('proves what it holds and what it does not', () => {
    fc.assert(
      fc.property(batches, (all) => {
        const model = new Map(all.flat());
        const tree = new Tree().set(model);
        for (let n = 0; n <= 400; n += 7) {
          const name = `record/${n}`;
          const held = model.get(name) ?? null;
          expect(tree.fault(name, held)).toBeUndefined();
          expect(tree.fault(name, held ? null : utf8('x'))).toBeDefined();
          if (held) expect(tree.fault(name, Uint8Array.of(...held, 0))).toBeDefined();
        }
      }),
      { numRuns: 40 },
    );
  });

  it('empty, it proves that nothing is there', () => {
    expect(new Tree().fault('record/1', null)).toBeUndefined();
    expect(new Tree().fault('record/1', utf8('x'))).toBeDefined();
  });

  it('refuses a proof with any byte flipped, for presence and for absence', () => {
    const tree = new Tree().set(thousand());
    for (const [name, held] of [
      ['record/5', u32(5)],
      ['record/5000', null],
      ['record/5003', null],
    ] as const) {
      const proof = proveKey(tree.read, name);
      expect(stateProofFault(tree.root, name, held, proof)).toBeUndefined();
      for (let at = 0; at < proof.length; at++) {
        const forged = proof.slice();
        forged[at]! ^= 1;
        expect(refusal(tree.root, name, held, forged), `byte ${at}`).toBeDefined();
      }
    }
  });

  it('refuses proofs of other keys, older roots, and cut or stretched ways', () => {
    const tree = new Tree().set(thousand());
    const older = tree.root;
    tree.set([['record/5', utf8('new')]]);
    const proof = proveKey(tree.read, 'record/5');
    expect(stateProofFault(older, 'record/5', utf8('new'), proof)).toBeDefined();
    expect(stateProofFault(tree.root, 'record/5', u32(5), proof)).toBeDefined();
    for (let n = 6; n < 100; n++) {
      expect(stateProofFault(tree.root, `record/${n}`, utf8('new'), proof)).toBeDefined();
      expect(stateProofFault(tree.root, `record/${n}`, null, proof)).toBeDefined();
    }
  });

  it('a leaf higher up hides none: absence by another leaf needs that leaf to stand in the way', () => {
    const tree = new Tree().set(thousand());
    const present = 'record/5';
    for (let n = 0; n < 1000; n++) {
      const others = proveKey(tree.read, `absent/${n}`);
      expect(stateProofFault(tree.root, present, null, others)).toBeDefined();
    }
  });

  it('proofs stay small: 10,000 keys, at most 25 siblings', () => {
    const tree = new Tree().set(Array.from({ length: 10_000 }, (_, n) => [`record/${n}`, u32(n)] as const));
    for (let n = 0; n < 10_000; n += 500) expect(proveKey(tree.read, `record/${n}`).length).toBeLessThan(25 * 32 + 60);
  });
});

function refusal(root: Bytes, name: string, held: Bytes | null, proof: Bytes): string | undefined {
  try {
    return stateProofFault(root, name, held, proof);
  } catch (thrown) {
    if (isSalusError(thrown)) return thrown.code;
    throw thrown;
  }
}
