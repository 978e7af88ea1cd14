import { type Bytes, hex, utf8 } from '@salus/base';
import { sha256 } from '@salus/schemes/keyless';
import { encode } from '../src/erasure.ts';
import { packStripes } from '../src/pack.ts';
import { headerLength } from '../src/shardHeader.ts';
import { shardName } from '../src/shardObject.ts';
import { codeStripe, stripeCapacity } from '../src/stripe.ts';

/** Bytes anyone can make: byte i is (7·i·i + 13·i + seed) mod 251. */
const patterned = (length: number, seed: number): Bytes =>
  Uint8Array.from({ length }, (_, i) => (7 * i * i + 13 * i + seed) % 251);

const ROOT = patterned(32, 1);
const STRIPE = patterned(32, 2);
const CODE = { k: 4, n: 6 };

const chunkOf = (bytes: Bytes) => ({ hash: sha256(bytes), bytes });

/** The content of spec/vectors/stripes.json. */
export async function makeVectors() {
  const small = await shardsOf([utf8('a first chunk'), utf8('and a second one')]);
  return {
    erasure: [1, 7].map((length) => erasureVector(length)),
    names: [0, 1, 63_488, 63_489, 100_000].map((length) => ({
      length,
      seed: 5,
      name: shardName(patterned(length, 5)),
    })),
    stripe: {
      storageRoot: hex(ROOT),
      stripe: hex(STRIPE),
      ...CODE,
      chunks: ['a first chunk', 'and a second one'],
      shards: small.map(({ name, object }) => ({ name, object: hex(object) })),
    },
    large: {
      storageRoot: hex(ROOT),
      stripe: hex(STRIPE),
      ...CODE,
      chunks: [
        { length: 500_000, seed: 3 },
        { length: 9, seed: 4 },
      ],
      names: (await shardsOf([patterned(500_000, 3), patterned(9, 4)])).map(({ name }) => name),
    },
    refused: refusals(small[0]!.object),
  };
}

function erasureVector(length: number) {
  const data = [10, 20, 30, 40].map((seed) => patterned(length, seed));
  return { ...CODE, data: data.map(hex), parity: encode(4, 6, data).map(hex) };
}

async function shardsOf(chunks: Bytes[]) {
  const [packed] = [...packStripes(chunks.map(chunkOf), stripeCapacity(CODE.k))];
  return codeStripe(ROOT, CODE, STRIPE, packed!);
}

/** Objects that must be refused although they bear the name of their own bytes. */
function refusals(good: Bytes) {
  const length = headerLength(good);
  const changed = (at: number, to: number) => Uint8Array.from(good, (byte, i) => (i === at ? to : byte));
  const cases: [string, Bytes][] = [
    ['empty', new Uint8Array(0)],
    ['cut in the header', good.slice(0, length - 1)],
    ['cut in the body', good.slice(0, -1)],
    ['a byte more', Uint8Array.from([...good, 0])],
    ['magic', changed(0, 0)],
    ['version 2', changed(4, 2)],
    ['k = n', changed(5, 6)],
    ['index beyond n', changed(7, 6)],
    ['another index', changed(7, 1)],
    ['length of the stripe', changed(11, 1)],
    ['directory of 3 GB', changed(12, 0xb2)],
    ['stripe id', changed(16, 0)],
    ['body root', changed(48, 0)],
    ['directory', changed(100, 0)],
    ['header hash', changed(length - 1, 0)],
    ['body', changed(good.length - 1, good.at(-1)! ^ 1)],
  ];
  return cases.map(([what, object]) => ({
    what,
    name: shardName(object),
    object: hex(object),
    code: 'shard-malformed',
  }));
}
