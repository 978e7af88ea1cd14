// Products of whole shards with a matrix over GF(2^8), by the two-table method: a byte is the sum of its nibbles, so a
// product is the sum of two look-ups in tables of 16, which one swizzle does for 16 bytes at once
// (Plank, Greenan, Miller: "Screaming Fast Galois Field Arithmetic Using Intel SIMD Instructions", FAST 2013).
//
// Memory, all laid out by the caller: `inputs` holds k tiles one behind the other, `outputs` takes `rows` tiles, each
// `stride` bytes long; `tables` holds 32 bytes per coefficient, row after row: products of the low nibble, then of the high.

/** outputs[r] = Σ_j coefficient[r][j] · inputs[j] over the first `length` bytes, rounded up to 32. */
export function multiply(
  inputs: usize,
  k: i32,
  outputs: usize,
  rows: i32,
  tables: usize,
  stride: usize,
  length: usize,
): void {
  let row = 0;
  for (; row + 1 < rows; row += 2) {
    const first = tables + ((row * k) << 5);
    twoRows(inputs, k, outputs + <usize>row * stride, first, first + (k << 5), stride, length);
  }
  if (row < rows) oneRow(inputs, k, outputs + <usize>row * stride, tables + ((row * k) << 5), stride, length);
}

// Two rows at a time share the loads and the nibble split, and still fit 16 vector registers.
// @ts-ignore: decorator
@inline
function twoRows(inputs: usize, k: i32, output: usize, tableA: usize, tableB: usize, stride: usize, length: usize): void {
  const low = i8x16.splat(15);
  for (let at: usize = 0; at < length; at += 32) {
    let a0 = i64x2.splat(0);
    let a1 = i64x2.splat(0);
    let b0 = i64x2.splat(0);
    let b1 = i64x2.splat(0);
    let input = inputs + at;
    let ta = tableA;
    let tb = tableB;
    for (let j = 0; j < k; j++) {
      const x0 = v128.load(input);
      const x1 = v128.load(input, 16);
      const l0 = v128.and(x0, low);
      const l1 = v128.and(x1, low);
      const h0 = i8x16.shr_u(x0, 4);
      const h1 = i8x16.shr_u(x1, 4);
      const al = v128.load(ta);
      const ah = v128.load(ta, 16);
      a0 = v128.xor(a0, v128.xor(i8x16.swizzle(al, l0), i8x16.swizzle(ah, h0)));
      a1 = v128.xor(a1, v128.xor(i8x16.swizzle(al, l1), i8x16.swizzle(ah, h1)));
      const bl = v128.load(tb);
      const bh = v128.load(tb, 16);
      b0 = v128.xor(b0, v128.xor(i8x16.swizzle(bl, l0), i8x16.swizzle(bh, h0)));
      b1 = v128.xor(b1, v128.xor(i8x16.swizzle(bl, l1), i8x16.swizzle(bh, h1)));
      input += stride;
      ta += 32;
      tb += 32;
    }
    v128.store(output + at, a0);
    v128.store(output + at, a1, 16);
    v128.store(output + stride + at, b0);
    v128.store(output + stride + at, b1, 16);
  }
}

// @ts-ignore: decorator
@inline
function oneRow(inputs: usize, k: i32, output: usize, table: usize, stride: usize, length: usize): void {
  const low = i8x16.splat(15);
  for (let at: usize = 0; at < length; at += 32) {
    let a0 = i64x2.splat(0);
    let a1 = i64x2.splat(0);
    let input = inputs + at;
    let t = table;
    for (let j = 0; j < k; j++) {
      const x0 = v128.load(input);
      const x1 = v128.load(input, 16);
      const tl = v128.load(t);
      const th = v128.load(t, 16);
      a0 = v128.xor(a0, v128.xor(i8x16.swizzle(tl, v128.and(x0, low)), i8x16.swizzle(th, i8x16.shr_u(x0, 4))));
      a1 = v128.xor(a1, v128.xor(i8x16.swizzle(tl, v128.and(x1, low)), i8x16.swizzle(th, i8x16.shr_u(x1, 4))));
      input += stride;
      t += 32;
    }
    v128.store(output + at, a0);
    v128.store(output + at, a1, 16);
  }
}
