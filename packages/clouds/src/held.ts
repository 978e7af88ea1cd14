import type { World } from './world.ts';

/**
 * Learns how many bytes each store keeps, where an operator has set a bound to any. Counted along from then on (`WatchedStore`);
 * asked again by repair, since what is removed is not. One sum over all shards.
 */
export async function learnHeld(world: World, again = false): Promise<void> {
  const stores = [...world.stores.values()];
  const bounded = stores.filter(({ preference }) => preference.capacityBytes !== undefined);
  if (bounded.every(({ heldBytes }) => heldBytes !== null && !again)) return;
  const totals = await world.placement.totals();
  const held = new Map(totals.stores.map(({ store, sizeBytes }) => [store, sizeBytes]));
  for (const watched of stores) watched.heldBytes = held.get(watched.name) ?? 0;
}
