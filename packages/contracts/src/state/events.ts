import { type AccountId, type Bytes, field } from '@salus/base';
import { digest } from '@salus/schemes/keyless';
import { z } from 'zod';
import { type StateKey, stateKey } from './key.ts';

/** `events/<account>`: a hash chain over every operation that concerns the account. */
export const eventChainSchema = z.strictObject({ count: field.uint(), head: field.bytes(32) });
export type EventChain = z.output<typeof eventChainSchema>;

/** The chain of an account that nothing concerns yet; it is not stored. */
export const EMPTY_CHAIN: EventChain = Object.freeze({ count: 0, head: new Uint8Array(32) });

export const eventsKey = (account: AccountId): StateKey<EventChain> => stateKey(`events/${account}`);

/** The chain with one more operation: head' = SHA-256(framed("SALUS1/event", head, operation hash)). */
export const extendChain = (chain: EventChain, operationHash: Bytes): EventChain => ({
  count: chain.count + 1,
  head: digest('SALUS1/event', chain.head, operationHash),
});
