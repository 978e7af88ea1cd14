export { type Block, parseBlock } from './block/block.ts';
export { openEmbeddedLedger } from './hosts/embedded/open.ts';
export { type BlockHistory, readBlockLog } from './hosts/embedded/readLog.ts';
export type {
  CommittedBlock,
  EmbeddedLedger,
  EmbeddedOptions,
  LedgerEntry,
  ProvenEntries,
  Receipt,
} from './ledger.ts';
export * from './verifier/index.ts';
