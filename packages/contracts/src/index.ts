export { apply, type EventLink, type Outcome } from './apply.ts';
export { auditSeed, nonceCommitment } from './audits.ts';
export {
  delegateRolesSchema,
  type FieldGroup,
  fieldGroupSchema,
  fieldGroupsSchema,
  type Purpose,
  purposeSchema,
  type Role,
  roleSchema,
} from './codes.ts';
export type { BlockContext } from './contract.ts';
export { type ContractCode, contractCodes, contractError, isRejection, type Rejection } from './errors.ts';
export { type Genesis, genesisSchema, genesisState, networkOf, parseGenesis } from './genesis.ts';
export {
  OPERATION_LIMIT_BYTES,
  type Operation,
  type OperationBody,
  type OperationType,
  operationHash,
  operationHashOf,
  PAYLOAD_LIMIT_BYTES,
  parseOperation,
  type SignedOperation,
  signedMessage,
  signOperation,
} from './operation.ts';
export { READS_LIMIT, type Read } from './operations/readOpen.ts';
export { REQUEST_LIFE_MS, REQUEST_PERIOD_LIMIT_MS } from './operations/requestMake.ts';
export { BATCH_PIECES_LIMIT, blocksOf, type CommittedPiece, readPieces, writePieces } from './pieces.ts';
export { type ReadAttempt, type ReadRefusal, readRefusal } from './read.ts';
export * from './state/account.ts';
export * from './state/assignment.ts';
export * from './state/audit.ts';
export * from './state/delegation.ts';
export * from './state/device.ts';
export * from './state/events.ts';
export * from './state/key.ts';
export * from './state/patient.ts';
export type { StateReader, StateValue } from './state/reader.ts';
export * from './state/record.ts';
export * from './state/relation.ts';
export * from './state/request.ts';
export { stateSchema } from './state/schemas.ts';
export * from './state/storage.ts';
export * from './state/storageKey.ts';
export { contracts } from './table.ts';
export { verifyOperation } from './verify.ts';
export { yearIsNear, yearStart } from './year.ts';
