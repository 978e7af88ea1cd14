export { contextOf, type RecordName } from '../keyless/body.ts';
export * from './body.ts';
export * from './channel.ts';
export * from './chunker.ts';
export type { Condition } from './conditions.ts';
export * from './delegation.ts';
export * from './entry.ts';
export * from './head.ts';
export * from './keys.ts';
export * from './open.ts';
export * from './ownerBox.ts';
export * from './rekey.ts';
export {
  newSecret,
  type Origin,
  Secret,
  secretFrom,
  secretFromOpened,
} from './secret.ts';
export * from './slots.ts';
export * from './words.ts';
