import type { z } from 'zod';
import { accountSchema } from './account.ts';
import { assignmentSchema } from './assignment.ts';
import { auditSchema } from './audit.ts';
import { delegationSchema } from './delegation.ts';
import { deviceSchema } from './device.ts';
import { eventChainSchema } from './events.ts';
import { patientSchema } from './patient.ts';
import type { StateValue } from './reader.ts';
import { recordSchema } from './record.ts';
import { relationSchema } from './relation.ts';
import { requestSchema } from './request.ts';
import { batchSchema, storedAtSchema } from './storage.ts';
import { storageKeySchema } from './storageKey.ts';

const schemas = new Map<string, z.ZodType<StateValue>>([
  ['account', accountSchema],
  ['device', deviceSchema],
  ['events', eventChainSchema],
  ['patient', patientSchema],
  ['relation', relationSchema],
  ['request', requestSchema],
  ['assignment', assignmentSchema],
  ['record', recordSchema],
  ['delegation', delegationSchema],
  ['storage-key', storageKeySchema],
  ['storage', storedAtSchema],
  ['batch', batchSchema],
  ['audit', auditSchema],
]);

/** Form of the values under a key's first word, or undefined where no state has such keys. */
export const stateSchema = (key: string): z.ZodType<StateValue> | undefined => schemas.get(key.split('/', 1)[0]!);
