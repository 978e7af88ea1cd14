/** What an error's code carries: how to say it, and what its reader can do. */
export interface ErrorEntry {
  /** One sentence: what was wrong. Facts never hold secrets. */
  message: (facts: Facts) => string;
  /** One sentence: what to do about it. */
  fix: string;
}

/** The particulars of one error: short values that are safe to log and show. */
export type Facts = Readonly<Record<string, string | number | boolean>>;

/**
 * The one error class. Everything that bad input, another party or a full disk can cause is one of these, with a code
 * from a package's closed table; anything else that is thrown is a bug of ours.
 */
export class SalusError<Code extends string = string> extends Error {
  override readonly name = 'SalusError';
  constructor(
    readonly code: Code,
    message: string,
    readonly fix: string,
    readonly facts: Facts = {},
  ) {
    super(message);
  }
}

/**
 * A package's closed set of error codes. Returns the function that makes its errors:
 * `const clouds = errorTable({ 'object-unknown': { message: (f) => `…${f.name}`, fix: '…' } }); throw clouds('object-unknown', { name })`.
 */
export function errorTable<Table extends Record<string, ErrorEntry>>(table: Table) {
  return <Code extends keyof Table & string>(code: Code, facts: Facts = {}): SalusError<Code> => {
    const entry = table[code]!;
    return new SalusError(code, entry.message(facts), entry.fix, facts);
  };
}

/** Whether something thrown is ours, and, if codes are named, one of them. */
export function isSalusError(thrown: unknown, ...codes: string[]): thrown is SalusError {
  return thrown instanceof SalusError && (codes.length === 0 || codes.includes(thrown.code));
}

/** For what can only be our own mistake. Throws a plain Error, which is reported, never shown. */
export function assert(condition: unknown, claim: string): asserts condition {
  if (!condition) throw new Error(`assertion failed: ${claim}`);
}
