import {
  type ObjectStore,
  openLater,
  openReader,
  openStore,
  type StoreCall,
  type StoreConfig,
  type StorePreference,
  type StoreReader,
} from '@salus/clouds';
import { systemRandom } from '@salus/schemes/keyless';
import { machineClock } from './clock.ts';

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
}

/** A store of the node, as its configuration names it. */
export interface NodeStore {
  name: string;
  store: ObjectStore;
  preference: StorePreference | undefined;
  close(): Promise<void>;
}

/** A store of a configuration, to read from beside the process that owns it. Throws `credentials-unusable`. */
export const openReaderOf = (config: StoreConfig, home: string): Promise<StoreReader> =>
  openReader(config, { directory: home, environment: process.env, clock: machineClock, random: systemRandom });

/**
 * A store of a configuration, innermost first: the driver with what its kind brings, its opening, and what the caller wraps
 * around. It is opened behind the answer: one that is away, or whose credentials cannot be used, keeps nobody from the
 * others, and says so when it is used. The one place that lets drivers see the environment.
 */
export function openStoreOf(config: StoreConfig, { home, onCall, around = (store) => store }: StoreOpening): NodeStore {
  const { name } = config;
  const later = openLater(() =>
    openStore(config, {
      directory: home,
      environment: process.env,
      clock: machineClock,
      random: systemRandom,
      onCall: (call) => onCall?.(name, call),
    }),
  );
  return { name, store: around(later, name), preference: config.placement, close: () => later.close() };
}
