export * from './aead.ts';
export * from './body.ts';
export { type ChannelEnds, type ChannelOffer, verifyChannelOffer } from './channelOffer.ts';
export * from './commitment.ts';
export * from './ed25519.ts';
export * from './hash.ts';
export * from './labels.ts';
export * from './merkle.ts';
export * from './oprf.ts';
export { initPairing } from './pairing/curve.ts';
export type { BlockId } from './possession/block.ts';
export { certifiedKey } from './possession/certificate.ts';
export * from './possession/challenge.ts';
export {
  type ChallengedBlock,
  CommitmentKey,
  combineParts,
  POSSESSION_PROOF_BYTES,
  type PossessionProof,
  provePart,
} from './possession/proof.ts';
export { BLOCK_BYTES } from './possession/sectors.ts';
export { type ChallengedCloud, type PossessionKey, verifyPossession } from './possession/verify.ts';
export {
  AUTHOR_PROOF_BYTES,
  type AuthorProof,
  type KeyPossession,
  POSSESSION_BYTES,
  verifyAuthorProof,
  verifyKeyPossession,
} from './proofs.ts';
export * from './rows.ts';
export * from './scalar.ts';
export * from './serve.ts';
export * from './shares.ts';
export * from './suite.ts';
export * from './xwing.ts';
