import { type ErrorEntry, errorTable } from '@salus/base';

const table = {
  'proof-refused': {
    message: (facts) => `The ${facts.what} does not hold: ${facts.why}.`,
    fix: 'Do not believe the answer; ask again, and report the server if it repeats.',
  },
  'block-refused': {
    message: (facts) => `Block ${facts.height} does not follow from the blocks before it: ${facts.why}.`,
    fix: 'Do not believe this history; compare it with another copy of the ledger.',
  },
  'ledger-busy': {
    message: (facts) => `${facts.limit} operations are waiting already.`,
    fix: 'Send the same operation again in a moment.',
  },
  'ledger-stopped': {
    message: (facts) => `The ledger takes no operations: ${facts.why}.`,
    fix: 'Make sure its disk is writable and has room, then start the node again; the same operations can be sent again.',
  },
  'block-log-damaged': {
    message: (facts) => `The block log is damaged at byte ${facts.offset}: ${facts.why}.`,
    fix: 'Restore the block log from a backup or another node; nothing was changed.',
  },
  'block-log-behind': {
    message: (facts) =>
      `The block log ends at height ${facts.height}, but blocks up to ${facts.known} were acknowledged.`,
    fix: 'Restore the block log from a backup or another node; nothing was changed.',
  },
  'ledger-foreign': {
    message: (facts) => `The directory holds another ledger: ${facts.why}.`,
    fix: 'Open it with the genesis it was made with.',
  },
  'ledger-keys': {
    message: (facts) => `At most ${facts.limit} keys are proven at once.`,
    fix: 'Ask for fewer keys at a time.',
  },
} satisfies Record<string, ErrorEntry>;

/** Codes of the ledger and its verifier. */
export type LedgerCode = keyof typeof table;

export const ledgerError = errorTable(table);
