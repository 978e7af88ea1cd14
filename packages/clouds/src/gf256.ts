import { assert } from '@salus/base';

// GF(2^8) with the polynomial x^8 + x^4 + x^3 + x^2 + 1, of which 2 is a generator.
const POLYNOMIAL = 0x11d;

const EXP = new Uint8Array(510);
const LOG = new Uint8Array(256);
for (let power = 0, value = 1; power < 255; power++) {
  EXP[power] = value;
  EXP[power + 255] = value;
  LOG[value] = power;
  value = value << 1 > 255 ? (value << 1) ^ POLYNOMIAL : value << 1;
}

/** Product of two field elements. */
export const multiply = (a: number, b: number): number => (a === 0 || b === 0 ? 0 : EXP[LOG[a]! + LOG[b]!]!);

/** Inverse of a field element that is not 0. */
function inverse(a: number): number {
  assert(a !== 0, '0 has no inverse');
  return EXP[255 - LOG[a]!]!;
}

/** Rows of field elements. */
export type Matrix = number[][];

/**
 * The n × k generator: identity above, Cauchy rows 1/(x_i + y_j) with x_i = i and y_j = j below. Every k rows of it are
 * independent (Blömer et al., "An XOR-Based Erasure-Resilient Coding Scheme", ICSI TR-95-048, 1995).
 */
export function generator(k: number, n: number): Matrix {
  return Array.from({ length: n }, (_, i) =>
    Array.from({ length: k }, (_, j) => (i < k ? Number(i === j) : inverse(i ^ j))),
  );
}

/** Product of two matrices. */
export const product = (a: Matrix, b: Matrix): Matrix =>
  a.map((row) => b[0]!.map((_, column) => row.reduce((sum, value, i) => sum ^ multiply(value, b[i]![column]!), 0)));

/** Inverse of a square matrix by Gauss–Jordan elimination, O(k³); undefined where there is none. */
export function invert(matrix: Matrix): Matrix | undefined {
  const size = matrix.length;
  const rows = matrix.map((row, i) => [...row, ...row.map((_, j) => Number(i === j))]);
  for (let column = 0; column < size; column++) {
    const pivot = rows.findIndex((row, i) => i >= column && row[column] !== 0);
    if (pivot < 0) return undefined;
    [rows[column], rows[pivot]] = [rows[pivot]!, rows[column]!];
    const scale = inverse(rows[column]![column]!);
    const lead = (rows[column] = rows[column]!.map((value) => multiply(value, scale)));
    for (let i = 0; i < size; i++) {
      const factor = rows[i]![column]!;
      if (i !== column && factor !== 0) rows[i] = rows[i]!.map((value, j) => value ^ multiply(factor, lead[j]!));
    }
  }
  return rows.map((row) => row.slice(size));
}
