import type {
  ChunkExtent,
  ChunkHash,
  PlacementIndex,
  PlacementTotals,
  ShardPlace,
  StripeId,
  StripePlacement,
} from '@salus/clouds';

/** A fake placement index: everything in memory, each answer a copy. */
export class MemoryPlacement implements PlacementIndex {
  readonly #stripes = new Map<StripeId, StripePlacement>();

  async record(stripes: readonly StripePlacement[]): Promise<void> {
    for (const stripe of stripes) this.#stripes.set(stripe.stripe, structuredClone(stripe));
  }

  async extents(chunks: readonly ChunkHash[]): Promise<ChunkExtent[]> {
    const wanted = new Set(chunks);
    const all = [...this.#stripes.values()].flatMap(({ extents }) => extents);
    return structuredClone(all.filter(({ chunk }) => wanted.has(chunk)));
  }

  async stripes(ids: readonly StripeId[]): Promise<StripePlacement[]> {
    return structuredClone(ids.flatMap((id) => this.#stripes.get(id) ?? []));
  }

  async list({ after = '', limit }: { after?: StripeId; limit: number }): Promise<StripeId[]> {
    return [...this.#stripes.keys()]
      .filter((id) => id > after)
      .sort()
      .slice(0, limit);
  }

  async degraded({ after = '', limit }: { after?: StripeId; limit: number }): Promise<StripeId[]> {
    const ids = [...this.#stripes.values()].filter(isDegraded).map(({ stripe }) => stripe);
    return ids
      .filter((id) => id > after)
      .sort()
      .slice(0, limit);
  }

  async updateShards(shards: readonly ShardPlace[]): Promise<void> {
    for (const shard of shards) {
      const stripe = this.#stripes.get(shard.stripe);
      if (stripe) stripe.shards = stripe.shards.map((old) => (old.index === shard.index ? { ...shard } : old));
    }
  }

  async onStore({ store, limit }: { store: string; limit: number }): Promise<StripeId[]> {
    const ids = [...this.#stripes.values()].filter(({ shards }) => shards.some((shard) => shard.store === store));
    return ids
      .map(({ stripe }) => stripe)
      .sort()
      .slice(0, limit);
  }

  async countOnStore(store: string): Promise<number> {
    return [...this.#stripes.values()].flatMap(({ shards }) => shards).filter((shard) => shard.store === store).length;
  }

  async loseStore(store: string): Promise<void> {
    for (const stripe of this.#stripes.values())
      stripe.shards = stripe.shards.map((shard) => (shard.store === store ? { ...shard, state: 'missing' } : shard));
  }

  async noteStates(shards: readonly ShardPlace[]): Promise<void> {
    for (const { stripe, index, store, state } of shards) {
      const placed = this.#stripes.get(stripe)?.shards.find((shard) => shard.index === index);
      if (placed?.store === store) await this.updateShards([{ ...placed, state }]);
    }
  }

  async totals(): Promise<PlacementTotals> {
    const stripes = [...this.#stripes.values()];
    const stores = new Map<string, { store: string; shards: number; sizeBytes: number }>();
    for (const { store, sizeBytes, state } of stripes.flatMap(({ shards }) => shards)) {
      if (state !== 'stored') continue;
      const sum = stores.get(store) ?? { store, shards: 0, sizeBytes: 0 };
      stores.set(store, { store, shards: sum.shards + 1, sizeBytes: sum.sizeBytes + sizeBytes });
    }
    return { stripes: stripes.length, degraded: stripes.filter(isDegraded).length, stores: [...stores.values()] };
  }
}

const isDegraded = ({ shards }: StripePlacement): boolean => shards.some(({ state }) => state !== 'stored');
