import type { Bytes, Random, TimeMs } from '@salus/base';
import type { Clouds } from '@salus/clouds';
import type { Genesis } from '@salus/contracts';
import type { EmbeddedLedger } from '@salus/ledger';
import type { Logger } from 'pino';
import type { Database } from './database/open.ts';
import type { Keeper } from './keeper.ts';
import type { Membership } from './membership.ts';
import type { News } from './news.ts';
import type { DatabasePlacement } from './placement.ts';
import type { Projection } from './projection.ts';
import type { Restoration } from './restoration.ts';
import type { NodeSecrets } from './secrets.ts';
import type { Sessions } from './sessions.ts';
import type { StorageCare } from './storage/storageCare.ts';

/** The parts of a running node, as handlers see them. Made in one place: the composition root. */
export interface NodeContext {
  genesis: Genesis;
  genesisBytes: Bytes;
  /** Hash of the genesis. */
  network: Bytes;
  ledger: EmbeddedLedger;
  database: Database;
  clouds: Clouds;
  /** Where the clouds' pieces are. */
  placement: DatabasePlacement;
  /** Which stores there are. */
  membership: Membership;
  /** Of how many pieces a stripe is made, and how many suffice. */
  coding: { dataShards: number; totalShards: number };
  /** How often stores are checked by themselves, and how many blocks of each. */
  checks: { everyMs: number; blocks: number };
  secrets: NodeSecrets;
  keeper: Keeper;
  /** How many keepers there are, how many suffice, and which one this node's is, from 1. */
  keepers: { count: number; threshold: number; index: number };
  sessions: Sessions;
  news: News;
  projection: Projection;
  /** Tags of what the stores hold, and what the ledger says of it. */
  storage: StorageCare;
  /** Whether it was restored from a backup, and who has caught up since. */
  restoration: Restoration;
  /** Height above which devices keep their operations. */
  keepFrom: () => Promise<number>;
  random: Random;
  now: () => TimeMs;
  log: Logger;
}
