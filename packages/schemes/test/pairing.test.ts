import { bls12_381 as noble } from '@noble/curves/bls12-381.js';
import { concat, fromHex, hex, utf8 } from '@salus/base';
import { beforeAll, describe, expect, it } from 'vitest';
import {
  blinded,
  knownG1,
  powGenerator,
  receiverTarget,
  timesG1,
  timesG2,
  timesReceiver,
} from '../src/keyless/pairing/bases.ts';
import {
  add,
  type Fr,
  type G1,
  type G2,
  generator,
  hashToG1With,
  hashToG2With,
  initPairing,
  inv,
  mul,
  neg,
  ORDER,
  pairing,
  pairingsEqual,
  pow,
  readG1,
  readG2,
  readGT,
  readScalar,
  scalarFromBigInt,
  scalarFromWide,
  timesSecret,
  writeGT,
  writePoint,
  writeScalar,
} from '../src/keyless/pairing/curve.ts';
import { FixedBase } from '../src/keyless/pairing/fixed-base.ts';
import { mcl } from '../src/keyless/pairing/mcl.ts';
import { Recent } from '../src/keyless/pairing/recent.ts';
import { product } from '../src/keyless/pairing/target-product.ts';
import { TargetTable } from '../src/keyless/pairing/target-table.ts';
import { seeded } from './world.ts';

beforeAll(initPairing);

const big = (bytes: Uint8Array) => BigInt(`0x${hex(bytes)}`);
const [P1, P2] = [noble.G1.Point, noble.G2.Point];
const scalars = (): Fr[] => {
  const rng = seeded('scalars');
  return [1n, 2n, ORDER - 1n, ORDER - 2n, 2n ** 128n]
    .map(scalarFromBigInt)
    .concat(Array.from({ length: 5 }, () => scalarFromWide(rng(64))));
};
const asBigInt = (scalar: Fr) => big(writeScalar(scalar));

/** Six elements of Fp2, imaginary part first, in the order in which the tower is built. */
function nobleGT(value: ReturnType<typeof noble.pairing>): string {
  const halves = [value.c0, value.c1].flatMap((half) => [half.c0, half.c1, half.c2]);
  return halves.map(({ c0, c1 }) => [c1, c0].map((part) => part.toString(16).padStart(96, '0')).join('')).join('');
}

describe('the pairing adapter against an independent implementation', () => {
  it('adds, multiplies and writes points alike', () => {
    const { g1, g2 } = generator();
    expect(writePoint(g1)).toEqual(P1.BASE.toBytes());
    expect(writePoint(g2)).toEqual(P2.BASE.toBytes());
    for (const scalar of scalars()) {
      const k = asBigInt(scalar);
      expect(writePoint(mul(g1, scalar))).toEqual(P1.BASE.multiply(k).toBytes());
      expect(writePoint(mul(g2, scalar))).toEqual(P2.BASE.multiply(k).toBytes());
      expect(writePoint(timesSecret(g1, scalar))).toEqual(P1.BASE.multiply(k).toBytes());
      expect(writePoint(add(mul(g1, scalar), mul(g1, scalar)))).toEqual(P1.BASE.multiply(k).double().toBytes());
      expect(writePoint(neg(mul(g2, scalar)))).toEqual(P2.BASE.multiply(k).negate().toBytes());
    }
  });

  it('pairs alike, and writes values of the target group as described', () => {
    const [a, b] = [scalars()[5]!, scalars()[6]!];
    const { g1, g2, gT } = generator();
    const theirs = noble.pairing(P1.BASE.multiply(asBigInt(a)), P2.BASE.multiply(asBigInt(b)));
    const ours = pairing(mul(g1, a), mul(g2, b));
    expect(hex(writeGT(ours))).toBe(nobleGT(theirs));
    expect(ours.isEqual(pow(gT, mul(a, b)))).toBe(true);
    expect(pairingsEqual(mul(g1, a), mul(g2, b), mul(g1, mul(a, b)), g2)).toBe(true);
    expect(pairingsEqual(mul(g1, a), mul(g2, b), mul(g1, a), g2)).toBe(false);
  });

  it('reduces 64 bytes modulo r, and inverts', () => {
    const rng = seeded('wide');
    for (const wide of [rng(64), new Uint8Array(64).fill(255), new Uint8Array(64)])
      expect(asBigInt(scalarFromWide(wide))).toBe(big(wide) % ORDER);
    const scalar = scalarFromWide(rng(64));
    expect((asBigInt(inv(scalar)) * asBigInt(scalar)) % ORDER).toBe(1n);
  });

  it('hashes to both curves alike, under any tag', () => {
    for (const message of ['', 'abc', 'a'.repeat(300)].map(utf8)) {
      const dst = 'SALUS1_TEST_';
      expect(writePoint(hashToG1With(utf8(dst), message))).toEqual(
        noble.G1.hashToCurve(message, { DST: dst }).toBytes(),
      );
      expect(writePoint(hashToG2With(utf8(dst), message))).toEqual(
        noble.G2.hashToCurve(message, { DST: dst }).toBytes(),
      );
    }
  });
});

describe('RFC 9380', () => {
  // Appendix J.9.1: BLS12381G1_XMD:SHA-256_SSWU_RO_, affine x and y.
  it.each([
    [
      '',
      '052926add2207b76ca4fa57a8734416c8dc95e24501772c814278700eed6d1e4e8cf62d9c09db0fac349612b759e79a1',
      '08ba738453bfed09cb546dbb0783dbb3a5f1f566ed67bb6be0e8c67e2e81a4cc68ee29813bb7994998f3eae0c9c6a265',
    ],
    [
      'abc',
      '03567bc5ef9c690c2ab2ecdf6a96ef1c139cc0b2f284dca0a9a7943388a49a3aee664ba5379a7655d3c68900be2f6903',
      '0b9c15f3fe6e5cf4211f346271d7b01c8f3b28be689c8429c85b67af215533311f0b8dfaaa154fa6b88176c229f2885d',
    ],
  ])('hashes %j to G1 as in appendix J.9.1', (message, x, y) => {
    const point = hashToG1With(utf8('QUUX-V01-CS02-with-BLS12381G1_XMD:SHA-256_SSWU_RO_'), utf8(message));
    expect(hex(P1.fromBytes(writePoint(point)).toBytes(false))).toBe(x + y);
  });

  // Appendix J.10.1: BLS12381G2_XMD:SHA-256_SSWU_RO_, imaginary part first as in the uncompressed encoding.
  it.each([
    [
      '',
      '05cb8437535e20ecffaef7752baddf98034139c38452458baeefab379ba13dff5bf5dd71b72418717047f5b0f37da03d',
      '0141ebfbdca40eb85b87142e130ab689c673cf60f1a3e98d69335266f30d9b8d4ac44c1038e9dcdd5393faf5c41fb78a',
    ],
    [
      'abc',
      '139cddbccdc5e91b9623efd38c49f81a6f83f175e80b06fc374de9eb4b41dfe4ca3a230ed250fbe3a2acf73a41177fd8',
      '02c2d18e033b960562aae3cab37a27ce00d80ccd5ba4b7fe0e7a210245129dbec7780ccc7954725f4168aff2787776e6',
    ],
  ])('hashes %j to G2 as in appendix J.10.1', (message, imaginary, real) => {
    const point = hashToG2With(utf8('QUUX-V01-CS02-with-BLS12381G2_XMD:SHA-256_SSWU_RO_'), utf8(message));
    expect(hex(P2.fromBytes(writePoint(point)).toBytes(false).subarray(0, 96))).toBe(imaginary + real);
  });
});

describe('received elements', () => {
  /** Points on the curve and outside the subgroup: b·E for such an E tells b modulo small factors of the cofactor. */
  function outside<Point extends G1 | G2>(make: () => Point, sizeBytes: number, seed: string): Uint8Array {
    const rng = seeded(seed);
    mcl.verifyOrderG1(false);
    mcl.verifyOrderG2(false);
    try {
      for (let tries = 0; tries < 100; tries++) {
        const bytes = rng(sizeBytes);
        bytes[0] = 0x80 | (bytes[0]! & 7);
        if (sizeBytes === 96) bytes[48]! &= 7;
        const point = make();
        try {
          point.deserialize(bytes);
        } catch {
          continue;
        }
        if (point.isValid() && !point.isValidOrder()) return bytes;
      }
    } finally {
      mcl.verifyOrderG1(true);
      mcl.verifyOrderG2(true);
    }
    throw new Error('half of all x have a point');
  }

  it('are refused outside the subgroup, as identity, uncompressed, cut, or not canonical', () => {
    const p = 0x1a0111ea397fe69a4b1ba7b6434bacd764774b84f38512bf6730d2a0f6b0f6241eabfffeb153ffffb9feffffffffaaabn;
    const unsound = expect.objectContaining({ code: 'point-unsound' });
    const identity1 = concat(Uint8Array.of(0xc0), new Uint8Array(47));
    const identity2 = concat(Uint8Array.of(0xc0), new Uint8Array(95));
    const largeX = fromHex(((0x8n << 380n) | (p + 1n)).toString(16));
    for (const bytes of [
      outside(() => new mcl.G1(), 48, 'g1'),
      identity1,
      largeX,
      P1.BASE.toBytes(false),
      P1.BASE.toBytes().subarray(1),
      new Uint8Array(48),
    ])
      expect(() => readG1(bytes, 'E')).toThrow(unsound);
    for (const bytes of [identity2, P2.BASE.toBytes(false), new Uint8Array(96), new Uint8Array(0)])
      expect(() => readG2(bytes, 'c1')).toThrow(unsound);
    for (const bytes of [new Uint8Array(576), new Uint8Array(576).fill(255), new Uint8Array(575)])
      expect(() => readGT(bytes, 'value')).toThrow(unsound);
    expect(() =>
      knownG1(
        outside(() => new mcl.G1(), 48, 'g1'),
        'B',
      ),
    ).toThrow(unsound);
    expect(() =>
      knownG1(
        outside(() => new mcl.G1(), 48, 'g1'),
        'B',
      ),
    ).toThrow(unsound);
  });

  it('of G2 outside the subgroup are refused', () => {
    for (const seed of ['one', 'two', 'three'])
      expect(() =>
        readG2(
          outside(() => new mcl.G2(), 96, seed),
          'c1',
        ),
      ).toThrow(expect.objectContaining({ code: 'point-unsound' }));
  });

  it('as scalars must be below r and of 32 bytes', () => {
    const bytes = (value: bigint) => fromHex(value.toString(16).padStart(64, '0'));
    expect(asBigInt(readScalar(bytes(ORDER - 1n), 'x'))).toBe(ORDER - 1n);
    for (const wrong of [bytes(ORDER), bytes(2n ** 256n - 1n), new Uint8Array(31), new Uint8Array(33)])
      expect(() => readScalar(wrong, 'x')).toThrow(expect.objectContaining({ code: 'scalar-unsound' }));
  });

  it('of GT outside the order-r subgroup can be read, which is why they are never raised to a secret', () => {
    // 1 + i of Fp2 inside Fp12: a small order divides its cofactor part.
    const bytes = new Uint8Array(576);
    bytes[47] = 1;
    bytes[95] = 1;
    expect(writeGT(readGT(bytes, 'value'))).toEqual(bytes);
  });
});

describe('tables of fixed bases', () => {
  it('give what plain multiplication gives, for every group and window, edge scalars included', () => {
    const { g1, g2, gT } = generator();
    // Digits are signed: around the half of a window, and rows of carries up to the highest.
    const halves = [4, 8].flatMap((bits) => [7n, 8n, 9n].map((d) => (d << BigInt(bits - 1)) >> 3n));
    const carries = [(1n << 254n) - 1n, 1n << 254n, ORDER >> 1n, 0x7n << 252n, (0x7n << 252n) - 1n, (1n << 251n) - 1n];
    // In GT a scalar is split to the base of the curve's parameter: digits of zero, and the highest.
    const X = 0xd201000000010000n;
    const digits = [X - 1n, X, X ** 2n - 1n, X ** 2n, X ** 3n - 1n, X ** 3n, (X - 2n) * X ** 3n + X - 1n];
    const edge = [0n, 1n, 15n, 16n, 255n, 256n, ORDER - 1n, ...halves, ...carries, ...digits].map(scalarFromBigInt);
    for (const bits of [4, 8] as const) {
      const tables = [new FixedBase(g1, bits), new FixedBase(g2, bits), new TargetTable(gT, bits)] as const;
      for (const scalar of [...edge, ...scalars()]) {
        expect(tables[0].times(scalar).isEqual(mul(g1, scalar))).toBe(true);
        expect(tables[1].times(scalar).isEqual(mul(g2, scalar))).toBe(true);
        expect(product([[tables[2], scalar]]).isEqual(pow(gT, scalar))).toBe(true);
        const terms = [
          [tables[2], scalar],
          [tables[2], edge[6]!],
        ] as const;
        expect(product(terms, gT).isEqual(pow(gT, scalar))).toBe(true);
        expect(mul(product(terms), gT).isEqual(pow(gT, scalar))).toBe(true);
      }
      for (const table of tables) table.free();
    }
  });

  it('come into use with use, and change nothing', () => {
    const { g1, g2, gT } = generator();
    const receiver = writePoint(mul(g1, scalars()[7]!));
    const [B, scalar, other] = [readG1(receiver, 'B'), scalars()[8]!, scalars()[9]!];
    const [e, one, two, target] = [pairing(B, g2), mul(g1, scalar), mul(g2, scalar), pow(gT, scalar)];
    for (let use = 0; use < 40; use++) {
      expect(timesG1(scalar).isEqual(one)).toBe(true);
      expect(timesG2(scalar).isEqual(two)).toBe(true);
      expect(powGenerator(scalar).isEqual(target)).toBe(true);
      expect(timesReceiver(receiver, scalar).isEqual(mul(B, scalar))).toBe(true);
      const value = blinded(e, scalar, receiverTarget(receiver), other);
      expect(value.isEqual(mul(mul(e, target), pow(e, other)))).toBe(true);
    }
  });

  it('are bounded: what was used least recently is forgotten, and its memory given back', () => {
    const dropped: string[] = [];
    const recent = new Recent<string>(2, (value) => dropped.push(value));
    for (const name of ['a', 'b', 'a', 'c', 'a', 'd']) recent.get(name, () => name.toUpperCase());
    expect(recent.size).toBe(2);
    expect(dropped).toEqual(['B', 'C']);
    expect(() =>
      recent.get('e', () => {
        throw new Error('unsound');
      }),
    ).toThrow();
    expect(recent.size).toBe(2);
  });
});
