import { field, type RequestId } from '@salus/base';
import { z } from 'zod';
import { fieldGroupsSchema, purposeSchema } from '../codes.ts';
import { type StateKey, stateKey } from './key.ts';

/** `request/<request>`: a reader asks a patient. */
export const requestSchema = z.strictObject({
  doctor: field.id(),
  patient: field.id(),
  purpose: purposeSchema,
  /** Commitment to the sealed words of the request. */
  commitment: field.bytes(32),
  groups: fieldGroupsSchema,
  /** Block time at which it was made. */
  from: field.timeMs(),
  /** Until when access is asked. */
  until: field.timeMs(),
  /** `expired` is never written: a request past `expiresAt` that is waiting or verified is expired. */
  status: z.enum(['waiting', 'verified', 'approved', 'rejected', 'withdrawn']),
  expiresAt: field.timeMs(),
  /** Who verified it, or "". */
  operator: field.id().or(z.literal('')),
});
export type AccessRequest = z.output<typeof requestSchema>;
export type RequestStatus = AccessRequest['status'];

export const requestKey = (request: RequestId): StateKey<AccessRequest> => stateKey(`request/${request}`);

/** What a request is at a block time: its status, or `expired`. */
export function requestStatus(request: AccessRequest, time: number): RequestStatus | 'expired' {
  const open = request.status === 'waiting' || request.status === 'verified';
  return open && time >= request.expiresAt ? 'expired' : request.status;
}
