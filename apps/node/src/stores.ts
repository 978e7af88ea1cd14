import {
  type ObjectStore,
  openLater,
  openStore,
  type StoreCall,
  type StoreConfig,
  type StorePreference,
  storeConfig,
} from '@salus/clouds';
import { systemRandom } from '@salus/schemes/keyless';
import type { z } from 'zod';
import { machineClock } from './clock.ts';
import { nodeError } from './errors.ts';

// The library of S3 stores announces when its later versions leave this Node.js; ours is pinned, and its update decides.
process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED ??= 'true';

/** What every store is wrapped in, by its name. */
export type AroundStore = (store: ObjectStore, name: string) => ObjectStore;

/** What a node's stores have in common. */
export interface StoreOpening {
  /** Paths in a configuration begin here. */
  home: string;
  onCall?: (store: string, call: StoreCall) => void;
  around?: AroundStore;
  /** Looks at stores that another process owns. */
  readOnly?: boolean;
}

/** A store of the node, as its configuration names it. */
export interface NodeStore {
  name: string;
  store: ObjectStore;
  preference: StorePreference | undefined;
  close(): Promise<void>;
}

/**
 * A store of a configuration, innermost first: the driver with what its kind brings, its opening, and what the caller wraps
 * around. It is opened behind the answer: one that is away, or whose credentials cannot be used, keeps nobody from the
 * others, and says so when it is used. The one place that lets drivers see the environment.
 */
export function openStoreOf(config: StoreConfig, opening: StoreOpening): NodeStore {
  const { home, onCall, around = (store) => store, readOnly = false } = opening;
  const { name } = config;
  const later = openLater(() =>
    openStore(config, {
      directory: home,
      environment: process.env,
      clock: machineClock,
      random: systemRandom,
      readOnly,
      onCall: (call) => onCall?.(name, call),
    }),
  );
  return { name, store: around(later, name), preference: config.placement, close: () => later.close() };
}

/** Checks what somebody says of a store. Throws `store-config`. */
export function checked<Shape extends z.ZodType>(shape: Shape, given: unknown): z.output<Shape> {
  const { success, data, error } = shape.safeParse(given);
  if (!success) throw nodeError('store-config', { path: error.issues[0]?.path.join('.') || 'the whole' });
  return data;
}

/** Checks the description of a store. Throws `store-config`. */
export const storeOf = (given: unknown): StoreConfig => checked(storeConfig, given);

/** Opens a store for as long as something is done with it. */
export async function withStore<Result>(
  config: StoreConfig,
  opening: StoreOpening,
  run: (store: ObjectStore) => Promise<Result>,
): Promise<Result> {
  const opened = openStoreOf(config, opening);
  try {
    return await run(opened.store);
  } finally {
    await opened.close();
  }
}
