import { type Bytes, fromHex } from '@salus/base';
import type { Selectable } from 'kysely';
import type { Database } from '../database/open.ts';
import type { Tables } from '../database/tables.ts';

export const TAG_BYTES = 48;
export const LEAF_BYTES = 32;

/** A piece as it is placed now. */
export type PlacedPiece = Selectable<Tables['shard']>;
/** A stripe to be looked at, as it was found. */
export type DueStripe = Selectable<Tables['tag_due']>;
/** A piece's tags without the bytes. */
type TaggedPiece = Pick<Selectable<Tables['tag']>, 'cloud' | 'object' | 'batch'>;

/** Pieces of some stripes as they are placed, and the tags there are of them. */
export interface PiecesOfStripes {
  placed: PlacedPiece[];
  tagged: (TaggedPiece & Pick<Selectable<Tables['tag']>, 'stripe' | 'idx'>)[];
}

/** Tags of pieces, in the node's database. All can be made again, from the stores. */
export class TagTable {
  constructor(readonly database: Database) {}

  /** Some stripes whose pieces are to be looked at. */
  due(limit: number): Promise<DueStripe[]> {
    return this.database.selectFrom('tag_due').selectAll().orderBy('stripe').limit(limit).execute();
  }

  async dueCount(): Promise<number> {
    const { n } = await this.database
      .selectFrom('tag_due')
      .select((e) => e.fn.countAll().as('n'))
      .executeTakeFirstOrThrow();
    return Number(n);
  }

  /** They were looked at. One of which a piece was placed anew meanwhile stays due. */
  async done(stripes: readonly DueStripe[]): Promise<void> {
    await this.database.transaction().execute(async (transaction) => {
      for (const { stripe, changes } of stripes)
        await transaction.deleteFrom('tag_due').where('stripe', '=', stripe).where('changes', '=', changes).execute();
    });
  }

  /** Version of the storage key that the tags were made under; 0 before the first. */
  async version(): Promise<number> {
    return (await this.database.selectFrom('tag_key').select('version').executeTakeFirst())?.version ?? 0;
  }

  /** Every stripe is to be looked at, and no tag is good: for a new key. */
  async beginAgain(version: number): Promise<void> {
    await this.database.transaction().execute(async (transaction) => {
      await transaction.deleteFrom('tag_key').execute();
      await transaction.insertInto('tag_key').values({ version }).execute();
      await transaction.deleteFrom('tag').execute();
      await transaction.deleteFrom('tag_due').execute();
      await transaction
        .insertInto('tag_due')
        .columns(['stripe'])
        .expression(transaction.selectFrom('stripe').select('stripe'))
        .execute();
    });
  }

  /** The pieces of these stripes, and the tags there are of them. */
  async ofStripes(stripes: readonly string[]): Promise<PiecesOfStripes> {
    const placed = await this.database.selectFrom('shard').selectAll().where('stripe', 'in', stripes).execute();
    const tagged = await this.database
      .selectFrom('tag')
      .select(['cloud', 'object', 'batch', 'stripe', 'idx'])
      .where('stripe', 'in', stripes)
      .execute();
    return { placed, tagged };
  }

  async keep(piece: PlacedPiece, object: string, { tags, leaves }: { tags: Bytes; leaves: Bytes }): Promise<void> {
    const { store: cloud, stripe, idx, size_bytes } = piece;
    await this.database
      .insertInto('tag')
      .values({ cloud, object, stripe, idx, size_bytes, tags, leaves, batch: null })
      .onConflict((c) => c.doNothing())
      .execute();
  }

  /** A piece that was placed elsewhere: its tag is of no use, and the rest of its batch is to be committed anew. */
  async forget({ cloud, object, batch }: TaggedPiece): Promise<void> {
    await this.database.transaction().execute(async (transaction) => {
      await transaction.deleteFrom('tag').where('cloud', '=', cloud).where('object', '=', object).execute();
      if (batch === null) return;
      await transaction
        .updateTable('tag')
        .set({ batch: null })
        .where('cloud', '=', cloud)
        .where('batch', '=', batch)
        .execute();
    });
  }

  /** The pieces of a batch that is retired wait for another. */
  async uncommit(cloud: string, batch: number): Promise<void> {
    await this.database
      .updateTable('tag')
      .set({ batch: null })
      .where('cloud', '=', cloud)
      .where('batch', '=', batch)
      .execute();
  }

  async clouds(): Promise<string[]> {
    const rows = await this.database.selectFrom('tag').select('cloud').distinct().execute();
    return rows.map(({ cloud }) => cloud);
  }

  /** Tagged pieces that no batch of the ledger names yet. */
  async uncommitted(cloud: string, limit: number) {
    const rows = await this.database
      .selectFrom('tag')
      .select(['object', 'size_bytes'])
      .where('cloud', '=', cloud)
      .where('batch', 'is', null)
      .orderBy('object')
      .limit(limit)
      .execute();
    return rows.map(({ object, size_bytes }) => ({ root: fromHex(object), sizeBytes: size_bytes }));
  }

  /** Notes in which batch pieces stand that stand in none. Gives how many of them there are tags of. */
  async commit(cloud: string, objects: readonly string[], batch: number): Promise<number> {
    const { numUpdatedRows } = await this.database
      .updateTable('tag')
      .set({ batch })
      .where('cloud', '=', cloud)
      .where('object', 'in', objects)
      .where('batch', 'is', null)
      .executeTakeFirstOrThrow();
    return Number(numUpdatedRows);
  }

  /** Numbers of the batches of a cloud. */
  async batches(cloud: string): Promise<Set<number>> {
    const rows = await this.database
      .selectFrom('tag')
      .select('batch')
      .distinct()
      .where('cloud', '=', cloud)
      .where('batch', 'is not', null)
      .execute();
    return new Set(rows.map(({ batch }) => batch!));
  }

  /** Tags of one object, or undefined. */
  of(cloud: string, object: string): Promise<Selectable<Tables['tag']> | undefined> {
    return this.database
      .selectFrom('tag')
      .selectAll()
      .where('cloud', '=', cloud)
      .where('object', '=', object)
      .executeTakeFirst();
  }

  /** How many blocks are tagged, ever, as far as tags are kept. */
  async blocks(): Promise<number> {
    const { bytes } = await this.database
      .selectFrom('tag')
      .select((e) => e.fn.sum(e.fn<number>('length', ['tags'])).as('bytes'))
      .executeTakeFirstOrThrow();
    return Number(bytes ?? 0) / TAG_BYTES;
  }
}
