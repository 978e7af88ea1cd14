export { bitmapOf, placesIn } from './bitmap.ts';
export { type AskedBlock, type AskedCloud, askedOf, type Challenge, type ListedBatch } from './challenge.ts';
export { type JudgedCloud, judge, type PieceReader, type ProofAnswer } from './judge.ts';
export { type CheckedBlock, listBatch, StorageHistory, type ToldAudit } from './storageHistory.ts';
