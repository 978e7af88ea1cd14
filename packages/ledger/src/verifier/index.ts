export * from '../audit/index.ts';
export { type Header, headerSchema, parseHeader, type SignedHeader, type TrustedGenesis } from '../block/header.ts';
export { forkBelow, type Restoration, signRestoration, verifyRestoration } from '../block/restoration.ts';
export { type LedgerCode, ledgerError } from '../errors.ts';
export type { ProvenEntries } from '../ledger.ts';
export { type InclusionProof, inclusionProofSchema } from '../log/proof.ts';
export { type StateProof, stateProofSchema } from '../tree/proof.ts';
export { type Replayed, replay } from './replay.ts';
export {
  type ProvenState,
  verifyConsistency,
  verifyEntries,
  verifyEventChain,
  verifyHeader,
  verifyInclusionProof,
  verifyStateProof,
} from './verify.ts';
