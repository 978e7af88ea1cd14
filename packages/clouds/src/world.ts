import type { Bytes, Random } from '@salus/base';
import type { Buffers } from './buffers.ts';
import type { Clock } from './clock.ts';
import type { CloudsEvent } from './clouds.ts';
import type { PlacementIndex, StoreName } from './placement.ts';
import type { Code } from './stripe.ts';
import type { WatchedStore } from './watchedStore.ts';

/** What the parts of `Clouds` work with. */
export interface World {
  readonly stores: ReadonlyMap<StoreName, WatchedStore>;
  readonly code: Code;
  readonly durableShards: number;
  /** Most shards of a stripe in one region. */
  readonly mostPerRegion: number;
  readonly storageRoot: Bytes;
  readonly placement: PlacementIndex;
  /** Arrays of shards. */
  readonly buffers: Buffers;
  readonly random: Random;
  readonly clock: Clock;
  readonly writeTimeoutMs: number;
  readonly readTimeoutMs: number;
  readonly emit: (event: CloudsEvent) => void;
  /** Work that goes on behind an answer: `close` waits for it, and its failure becomes an event. */
  readonly behind: (work: Promise<void>) => void;
}
