import * as nodeFiles from 'node:fs/promises';
import { type Bytes, fromHex, hex } from '@salus/base';
import {
  type ChunkExtent,
  type ChunkHash,
  FolderSync,
  type PlacementIndex,
  type PlacementTotals,
  type ShardPlace,
  type ShardState,
  type StripeId,
  type StripePlacement,
} from '@salus/clouds';
import type { Selectable, Transaction } from 'kysely';
import { pages } from './database/insertNew.ts';
import { type Database, unflushed } from './database/open.ts';
import type { Tables } from './database/tables.ts';

/** Where shards lie, in the node's database. Rebuilt from the shards' headers when the database is lost. */
export class DatabasePlacement implements PlacementIndex {
  readonly #syncs: FolderSync;
  /** Records under way, which a crash may still take away, and such as failed since the last flush that did not. */
  #underWay = 0;
  #failed = 0;

  /** `log` is the database's (`logOf`). */
  constructor(
    readonly database: Database,
    readonly log: string,
    files: ConstructorParameters<typeof FolderSync>[0] = nodeFiles,
  ) {
    this.#syncs = new FolderSync(files);
  }

  /** Uploads come many a second: flushed by another thread, and several at once, since a flush in the transaction holds up everybody. */
  async record(stripes: readonly StripePlacement[]): Promise<void> {
    this.#underWay++;
    try {
      await unflushed(this.database, (held) => this.#write(held, stripes));
      await this.#syncs.sync(this.log);
    } catch (thrown) {
      this.#failed++;
      throw thrown;
    } finally {
      this.#underWay--;
    }
  }

  /** What others are told of chunks rests on rows that may not be flushed yet, as when an upload is sent twice: they are, then. */
  async #durable<Rows>(rows: Rows): Promise<Rows> {
    const failed = this.#failed;
    if (this.#underWay === 0 && failed === 0) return rows;
    await this.#syncs.sync(this.log);
    if (this.#failed === failed) this.#failed = 0;
    return rows;
  }

  async #write(database: Database, stripes: readonly StripePlacement[]): Promise<void> {
    await database.transaction().execute(async (transaction) => {
      for (const placed of stripes) {
        const { stripe, k, n, sealedBytes } = placed;
        await transaction.deleteFrom('extent').where('stripe', '=', stripe).execute();
        await transaction.deleteFrom('shard').where('stripe', '=', stripe).execute();
        await transaction.deleteFrom('stripe').where('stripe', '=', stripe).execute();
        await transaction.insertInto('stripe').values({ stripe, k, n, sealed_bytes: sealedBytes }).execute();
        await transaction.insertInto('shard').values(placed.shards.map(shardRow)).execute();
        for (const extents of pages(placed.extents))
          await transaction.insertInto('extent').values(extents.map(extentRow)).execute();
        await noteDue(transaction, stripe);
      }
    });
  }

  async extents(chunks: readonly ChunkHash[]): Promise<ChunkExtent[]> {
    if (chunks.length === 0) return [];
    const rows = await this.database
      .selectFrom('extent')
      .selectAll()
      .where('chunk', 'in', chunks.map(fromHex))
      .execute();
    return this.#durable(rows.map(extentOf));
  }

  /** Sizes of placed chunks by their hash in hexadecimal digits. */
  async chunkSizes(chunks: readonly Bytes[]): Promise<Map<string, number>> {
    const sizes = new Map<string, number>();
    for (const page of pages(chunks)) {
      const rows = await this.database
        .selectFrom('extent')
        .select(['chunk', 'chunk_bytes'])
        .where('chunk', 'in', page)
        .execute();
      for (const row of rows) sizes.set(hex(row.chunk), row.chunk_bytes);
    }
    return this.#durable(sizes);
  }

  async stripes(ids: readonly StripeId[]): Promise<StripePlacement[]> {
    if (ids.length === 0) return [];
    const stripes = await this.database.selectFrom('stripe').selectAll().where('stripe', 'in', ids).execute();
    const shards = await this.database
      .selectFrom('shard')
      .selectAll()
      .where('stripe', 'in', ids)
      .orderBy('idx')
      .execute();
    const extents = await this.database
      .selectFrom('extent')
      .selectAll()
      .where('stripe', 'in', ids)
      .orderBy('stripe_offset')
      .execute();
    return stripes.map(({ stripe, k, n, sealed_bytes }) => ({
      stripe,
      k,
      n,
      sealedBytes: sealed_bytes,
      shards: shards.filter((row) => row.stripe === stripe).map(shardOf),
      extents: extents.filter((row) => row.stripe === stripe).map(extentOf),
    }));
  }

  async list({ after = '', limit }: { after?: StripeId; limit: number }): Promise<StripeId[]> {
    const rows = await this.database
      .selectFrom('stripe')
      .select('stripe')
      .where('stripe', '>', after)
      .orderBy('stripe')
      .limit(limit)
      .execute();
    return rows.map((row) => row.stripe);
  }

  async degraded({ after = '', limit }: { after?: StripeId; limit: number }): Promise<StripeId[]> {
    const rows = await this.database
      .selectFrom('shard')
      .select('stripe')
      .distinct()
      .where('state', 'in', FAULTY)
      .where('stripe', '>', after)
      .orderBy('stripe')
      .limit(limit)
      .execute();
    return rows.map((row) => row.stripe);
  }

  async updateShards(shards: readonly ShardPlace[]): Promise<void> {
    await this.database.transaction().execute(async (transaction) => {
      for (const shard of shards) {
        const { stripe, idx, ...rest } = shardRow(shard);
        await transaction.updateTable('shard').set(rest).where('stripe', '=', stripe).where('idx', '=', idx).execute();
        await noteDue(transaction, stripe);
      }
    });
  }

  async onStore({ store, limit }: { store: string; limit: number }): Promise<StripeId[]> {
    const rows = await this.database
      .selectFrom('shard')
      .select('stripe')
      .distinct()
      .where('store', '=', store)
      .orderBy('stripe')
      .limit(limit)
      .execute();
    return rows.map((row) => row.stripe);
  }

  async countOnStore(store: string): Promise<number> {
    const { n } = await this.database
      .selectFrom('shard')
      .select((e) => e.fn.countAll().as('n'))
      .where('store', '=', store)
      .executeTakeFirstOrThrow();
    return Number(n);
  }

  async loseStore(store: string): Promise<void> {
    await this.database.updateTable('shard').set({ state: 'missing' }).where('store', '=', store).execute();
  }

  async noteStates(shards: readonly ShardPlace[]): Promise<void> {
    await this.database.transaction().execute(async (transaction) => {
      for (const { stripe, index, store, state } of shards)
        await transaction
          .updateTable('shard')
          .set({ state })
          .where('stripe', '=', stripe)
          .where('idx', '=', index)
          .where('store', '=', store)
          .execute();
    });
  }

  async totals(): Promise<PlacementTotals> {
    const count = (n: unknown) => Number(n ?? 0);
    const { database } = this;
    const stripes = await database
      .selectFrom('stripe')
      .select((e) => e.fn.countAll().as('n'))
      .executeTakeFirstOrThrow();
    const degraded = await database
      .selectFrom('shard')
      .select((e) => e.fn.count('stripe').distinct().as('n'))
      .where('state', 'in', FAULTY)
      .executeTakeFirstOrThrow();
    const stores = await database
      .selectFrom('shard')
      .select((e) => ['store', e.fn.countAll().as('shards'), e.fn.sum('size_bytes').as('size')])
      .where('state', '=', 'stored')
      .groupBy('store')
      .execute();
    return {
      stripes: count(stripes.n),
      degraded: count(degraded.n),
      stores: stores.map((row) => ({ store: row.store, shards: count(row.shards), sizeBytes: count(row.size) })),
    };
  }
}

/** Its pieces are to be looked at by the tagging rounds. */
const noteDue = (transaction: Transaction<Tables>, stripe: StripeId) =>
  transaction
    .insertInto('tag_due')
    .values({ stripe, changes: 1 })
    .onConflict((c) => c.column('stripe').doUpdateSet((e) => ({ changes: e('tag_due.changes', '+', 1) })))
    .execute();

// Equality on an index, where "not stored" would scan.
const FAULTY: ShardState[] = ['owed', 'missing', 'damaged'];

const shardRow = (shard: ShardPlace): Selectable<Tables['shard']> => ({
  stripe: shard.stripe,
  idx: shard.index,
  store: shard.store,
  object: shard.name,
  size_bytes: shard.sizeBytes,
  state: shard.state,
});

const shardOf = (row: Selectable<Tables['shard']>): ShardPlace => ({
  stripe: row.stripe,
  index: row.idx,
  store: row.store,
  name: row.object,
  sizeBytes: row.size_bytes,
  state: row.state as ShardState,
});

const extentRow = (extent: ChunkExtent): Selectable<Tables['extent']> => ({
  chunk: fromHex(extent.chunk),
  chunk_offset: extent.chunkOffset,
  chunk_bytes: extent.chunkBytes,
  stripe: extent.stripe,
  stripe_offset: extent.stripeOffset,
  length_bytes: extent.lengthBytes,
});

const extentOf = (row: Selectable<Tables['extent']>): ChunkExtent => ({
  chunk: hex(row.chunk),
  chunkBytes: row.chunk_bytes,
  chunkOffset: row.chunk_offset,
  stripe: row.stripe,
  stripeOffset: row.stripe_offset,
  lengthBytes: row.length_bytes,
});
