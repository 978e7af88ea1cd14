import type { Random } from '@salus/base';
import type { Clock } from '../clock.ts';
import type { Failure } from './failure.ts';
import { measured, type StoreCall } from './measured.ts';
import { named } from './named.ts';
import { bandwidthLimited, rateLimited } from './paced.ts';
import type { RemoteStore } from './remoteStore.ts';
import { retried } from './retried.ts';
import { timed } from './timed.ts';

/** A driver and what it knows of its library's errors. */
export interface Driver {
  store: RemoteStore;
  failureOf: (thrown: unknown) => Failure;
}

/** What an operator may set for each store. */
export interface StoreLimits {
  /** Without progress for so long, a call has failed. */
  timeoutMs: number;
  callsPerSecond?: number | undefined;
  bytesPerSecond?: number | undefined;
}

/** What the wrappers need from the application. */
export interface StackWorld {
  clock: Clock;
  random: Random;
  /** Told of every call when it has ended. */
  onCall?: ((call: StoreCall) => void) | undefined;
}

/**
 * Everything that stands around every driver, innermost first. A try is timed and paced by itself; the measure is what
 * the caller waited.
 */
export function stack({ store, failureOf }: Driver, limits: StoreLimits, world: StackWorld): RemoteStore {
  const { clock, random, onCall } = world;
  let around = named(store, failureOf);
  around = timed(around, clock, limits.timeoutMs);
  if (limits.bytesPerSecond !== undefined) around = bandwidthLimited(around, clock, limits.bytesPerSecond);
  if (limits.callsPerSecond !== undefined) around = rateLimited(around, clock, limits.callsPerSecond);
  around = retried(around, clock, random);
  return onCall ? measured(around, clock, onCall) : around;
}
