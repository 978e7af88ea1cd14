// What lies where in the loop's memory, and how numbers are laid out (../target.ts).

export const LIMBS: u32 = 14;
export const MASK: u64 = (1 << 28) - 1;
/** A pair of numbers. */
export const PAIR: u32 = 112;
/** An entry of a table: an element of Fp6 of which there is one. */
export const ENTRY: u32 = 336;
/** Columns of a pair of products. */
export const WIDE: u32 = 448;

// What follows up to RAISED is written once, by the caller.
/** p, a limb after the other. */
export const P: u32 = 1024;
/** 2p for both lanes, in limbs that no reduced limb exceeds. */
export const TWO: u32 = 1088;
/** 4p for the first lane, zero for the second, in limbs that no limb of 2p less something exceeds. */
export const FOUR: u32 = 1200;
/** −1/p modulo 2^28. */
export const NEGATIVE_INVERSE: u32 = 1312;
/** Two factors for changing the form of numbers, for both lanes: into ours, and out of it. */
export const INWARD: u32 = 1328;
export const OUTWARD: u32 = 1440;
/** 28 columns for both lanes. */
export const BIAS: u32 = 1552;
/** What raising to p makes of 1 and w, of v and v·w, of v² and v²·w: three pairs of elements of Fp2. */
export const RAISED: u32 = 2048;

/** Sums of the parts of each factor, as Karatsuba's method multiplies them: 18 pairs each. */
export const LEFT: u32 = 3072;
export const RIGHT: u32 = 5120;
export const COLUMNS: u32 = 7168;
export const PRODUCT: u32 = 15360;
export const ADDED: u32 = 16128;
export const CARRIED: u32 = 16896;
/** From here on the caller lays out memory. */
export const FREE: u32 = 17408;
