export * from './bytes.ts';
export { checkShape, decodeCanonical, encodeCanonical, encodingError } from './cbor.ts';
export { assert, type ErrorEntry, errorTable, type Facts, isSalusError, SalusError } from './error.ts';
export * from './field.ts';
