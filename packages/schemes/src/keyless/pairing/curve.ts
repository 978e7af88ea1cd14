import { assert, type Bytes, framed, fromHex, hex, type Random, utf8 } from '@salus/base';
import type { Fr, G1, G2, GT } from 'mcl-wasm';
import { schemes } from '../../errors.ts';
import { wideDigest } from '../hash.ts';
import { tag } from '../suite.ts';
import { mcl, raw } from './mcl.ts';

/**
 * BLS12-381 over mcl-wasm: the only file that knows the library's encodings and switches. G1 and G2 are written
 * additively, GT multiplicatively; r is the prime order of all three. Objects stay inside this package.
 */
export type { Fr, G1, G2, GT };

/** Sizes on the wire. */
export const SCALAR_BYTES = 32;
export const G1_BYTES = 48;
export const G2_BYTES = 96;
const GT_BYTES = 576;

/** r, the order of the groups. */
export const ORDER = 0x73eda753299d7d483339d80809a1d80553bda402fffe5bfeffffffff00000001n;

// The standard generators: the library's own base points are others.
const G1_GENERATOR = '97f1d3a73197d7942695638c4fa9ac0fc3688c4f9774b905a14e3a3f171bac586c55e83ff97a1aeffb3af00adb22c6bb';
const G2_GENERATOR =
  '93e02b6052719f607dacd3a088274f65596bd0d09920b61ab5da61bbdc7f5049334cf11213945d57e5ac7d055d042b7e' +
  '024aa2b2f08f0a91260805272dc51051c6e47ad4fa403b02b4510b647ae3d1770bac0326a805bbefd48056c8c121bdb8';

const G1_DST = utf8('SALUS1_BLS12381G1_XMD:SHA-256_SSWU_RO_');

interface Generators {
  g1: G1;
  g2: G2;
  gT: GT;
}
let generators: Generators | undefined;
let starting: Promise<void> | undefined;

/**
 * Starts the pairing library, once for the process, and checks it against known answers: RFC 9380 hashing, standard
 * serialisation, order checks, generators. Everything that computes in the groups asserts that this has run.
 * Throws only if the library is not the one this was written for.
 */
export function initPairing(): Promise<void> {
  starting ??= start();
  return starting;
}

async function start(): Promise<void> {
  await mcl.init(mcl.BLS12_381);
  mcl.setETHserialization(true);
  mcl.setMapToMode(mcl.IRTF);
  mcl.verifyOrderG1(true);
  mcl.verifyOrderG2(true);
  const g1 = mcl.deserializeHexStrToG1(G1_GENERATOR);
  const g2 = mcl.deserializeHexStrToG2(G2_GENERATOR);
  generators = { g1, g2, gT: mcl.pairing(g1, g2) };
  selfTest();
}

/** Known answers without which nothing may run. RFC 9380 appendices J.9.1 and J.10.1, message "". */
function selfTest(): void {
  const dst = (group: string) => utf8(`QUUX-V01-CS02-with-BLS12381${group}_XMD:SHA-256_SSWU_RO_`);
  const x1 = '052926add2207b76ca4fa57a8734416c8dc95e24501772c814278700eed6d1e4e8cf62d9c09db0fac349612b759e79a1';
  const x2 =
    '05cb8437535e20ecffaef7752baddf98034139c38452458baeefab379ba13dff5bf5dd71b72418717047f5b0f37da03d' +
    '0141ebfbdca40eb85b87142e130ab689c673cf60f1a3e98d69335266f30d9b8d4ac44c1038e9dcdd5393faf5c41fb78a';
  assert(xOf(writePoint(hashToG1With(dst('G1'), new Uint8Array(0)))) === x1, 'hash to G1 follows RFC 9380');
  assert(xOf(writePoint(hashToG2With(dst('G2'), new Uint8Array(0)))) === x2, 'hash to G2 follows RFC 9380');
  const { g1, g2, gT } = generator();
  assert(mcl.mul(g1, scalarFromBigInt(ORDER - 1n)).isEqual(mcl.neg(g1)), 'scalars are reduced by r');
  assert(hex(scalarFromBigInt(1n).serialize()) === `${'00'.repeat(31)}01`, 'scalars are written big-endian');
  assert(!gT.isOne() && mcl.pairing(mcl.neg(g1), g2).isEqual(mcl.inv(gT)), 'the pairing is bilinear');
  // x = 4 lies on the curve y² = x³ + 4 of G1, outside the subgroup.
  assert(!decodes(new mcl.G1(), fromHex(`80${'00'.repeat(46)}04`)), 'points outside the subgroup are refused');
}

/** The x coordinate of a compressed point: its bytes without the three flag bits. */
const xOf = (point: Bytes): string => hex(Uint8Array.of(point[0]! & 0x1f, ...point.subarray(1)));

/** The generators. Asserts that `initPairing` has run. */
export function generator(): Generators {
  assert(generators, 'initPairing() has completed');
  return generators;
}

function decodes(element: Fr | G1 | G2 | GT, bytes: Bytes): boolean {
  try {
    element.deserialize(bytes);
    return true;
  } catch {
    return false;
  }
}

/** A received scalar: 32 bytes big-endian below r. Throws `scalar-unsound`. */
export function readScalar(bytes: Bytes, what: string): Fr {
  generator();
  const scalar = new mcl.Fr();
  if (bytes.length !== SCALAR_BYTES || !decodes(scalar, bytes)) throw schemes('scalar-unsound', { what });
  return scalar;
}

/** A received point of G1, 48 bytes compressed: order r, not the identity. Throws `point-unsound`. About 0.2 ms. */
export function readG1(bytes: Bytes, what: string): G1 {
  generator();
  const point = new mcl.G1();
  if (bytes.length !== G1_BYTES || !decodes(point, bytes) || point.isZero()) throw schemes('point-unsound', { what });
  return point;
}

/** A received point of G2, 96 bytes compressed: order r, not the identity. Throws `point-unsound`. About 0.4 ms. */
export function readG2(bytes: Bytes, what: string): G2 {
  generator();
  const point = new mcl.G2();
  if (bytes.length !== G2_BYTES || !decodes(point, bytes) || point.isZero()) throw schemes('point-unsound', { what });
  return point;
}

/**
 * A received value of the pairing's target field, 576 bytes, not zero. It is **not** checked to be of order r:
 * never raise it to a secret, and trust it only once an equation binds it. Throws `point-unsound`.
 */
export function readGT(bytes: Bytes, what: string): GT {
  generator();
  const value = new mcl.GT();
  if (bytes.length !== GT_BYTES || !decodes(value, bytes) || value.isZero()) throw schemes('point-unsound', { what });
  return value;
}

/** Bytes of a scalar, 32 big-endian. */
export const writeScalar = (scalar: Fr): Bytes => scalar.serialize();
/** Compressed bytes of a point: 48 in G1, 96 in G2, as in RFC 9380's ciphersuites and ZCash. */
export const writePoint = (point: G1 | G2): Bytes => point.serialize();
/** 576 bytes of a value of GT: six elements of Fp2, each imaginary part first, 48 bytes big-endian a part. */
export const writeGT = (value: GT): Bytes => value.serialize();

/** A scalar from 64 uniform bytes, big-endian, modulo r: bias below 2^-250. */
export function scalarFromWide(wide: Bytes): Fr {
  generator();
  assert(wide.length === 64, 'a scalar is reduced from 64 bytes');
  const scalar = new mcl.Fr();
  scalar.setBigEndianMod(wide);
  return scalar;
}

/** The scalar of a small or reduced number. */
export function scalarFromBigInt(value: bigint): Fr {
  const scalar = new mcl.Fr();
  scalar.setStr(value.toString(10), 10);
  return scalar;
}

/** A uniform scalar other than zero. */
export function randomScalar(random: Random): Fr {
  const wide = random(64);
  const scalar = scalarFromWide(wide);
  wide.fill(0);
  assert(!scalar.isZero(), 'the source of randomness does not give zeros');
  return scalar;
}

/** An oracle onto scalars (H3, Hch): SHA-512 of the framed parts modulo r. */
export const hashToScalar = (use: string, ...parts: (Bytes | string)[]): Fr =>
  scalarFromWide(wideDigest(tag(use), ...parts));

/** An oracle onto G1 (Hc, Hid): RFC 9380 SSWU RO of the framed tag and parts. About 0.2 ms. */
export const hashToG1 = (use: string, ...parts: (Bytes | string)[]): G1 =>
  hashToG1With(G1_DST, framed(tag(use), ...parts));

/** RFC 9380 hash_to_curve onto G1 under a domain separation tag. */
export const hashToG1With = (dst: Bytes, message: Bytes): G1 =>
  mapWith(new mcl.G1(), raw()._mclBnG1_hashAndMapToWithDst, dst, message);

/** RFC 9380 hash_to_curve onto G2 under a domain separation tag. */
export const hashToG2With = (dst: Bytes, message: Bytes): G2 =>
  mapWith(new mcl.G2(), raw()._mclBnG2_hashAndMapToWithDst, dst, message);

type MapWithDst = (z: number, message: number, length: number, dst: number, dstLength: number) => number;

function mapWith<Point extends G1 | G2>(point: Point, map: MapWithDst, dst: Bytes, message: Bytes): Point {
  generator();
  const module = raw();
  const stack = module.stackSave();
  const at = module.stackAlloc(POINT_HEAP_BYTES);
  const failed = map(at, module.sallocBytes(message), message.length, module.sallocBytes(dst), dst.length);
  if (failed === 0) point.copyFromMem(at);
  module.stackRestore(stack);
  assert(failed === 0, 'hashing to the curve succeeds');
  return point;
}

// A G2 point in the library's projective form: three coordinates of two 48-byte words.
const POINT_HEAP_BYTES = 288;

/** e(P, Q). About 2.5 ms. */
export const pairing = (p: G1, q: G2): GT => mcl.pairing(p, q);

/** Whether e(p, q) = e(s, t): two Miller loops, one final exponentiation. */
export const pairingsEqual = (p: G1, q: G2, s: G1, t: G2): boolean =>
  mcl.finalExp(mcl.mul(mcl.millerLoop(p, q), mcl.millerLoop(mcl.neg(s), t))).isOne();

/** scalar · point for a long-term secret scalar: the library's constant-time ladder. */
export function timesSecret(point: G1, secret: Fr): G1 {
  const module = raw();
  const stack = module.stackSave();
  const at = module.stackAlloc(POINT_HEAP_BYTES);
  const scalarAt = module.stackAlloc(SCALAR_BYTES);
  point.copyToMem(at);
  secret.copyToMem(scalarAt);
  module._mclBnG1_mulCT(at, at, scalarAt);
  const product = new mcl.G1();
  product.copyFromMem(at);
  ZERO_SCALAR().copyToMem(scalarAt);
  module.stackRestore(stack);
  return product;
}

const ZERO_SCALAR = (): Fr => new mcl.Fr();

/** Runs the work and clears the secret scalars whatever happens. */
export function thenClear<Result>(secrets: readonly (Fr | undefined)[], work: () => Result): Result {
  try {
    return work();
  } finally {
    for (const secret of secrets) secret?.clear();
  }
}

export const add = mcl.add;
export const sub = mcl.sub;
export const neg = mcl.neg;
export const mul = mcl.mul;
export const div = mcl.div;
export const inv = mcl.inv;
export const pow = mcl.pow;

/** Σ scalar_i · point_i, public scalars: a multi-exponentiation. About 65 ms for 1,024. */
export function mulMany(points: readonly G1[], scalars: readonly Fr[]): G1 {
  assert(points.length === scalars.length, 'a scalar for each point');
  return mcl.mulVec([...points], [...scalars]);
}

/** Whether e(p, q) · e(s, t) = e(u, g2): three Miller loops, one final exponentiation. */
export const pairingProductIs = (p: G1, q: G2, s: G1, t: G2, u: G1): boolean =>
  mcl
    .finalExp(mcl.mul(mcl.mul(mcl.millerLoop(p, q), mcl.millerLoop(s, t)), mcl.millerLoop(mcl.neg(u), generator().g2)))
    .isOne();

/** The identity of G1. */
export function identityG1(): G1 {
  generator();
  return new mcl.G1();
}
