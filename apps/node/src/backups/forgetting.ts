import type { BackupPlace } from './place.ts';
import { type Keep, kept } from './retention.ts';
import type { BackupSet, SetId } from './set.ts';

/** What was removed from a place. */
export interface Forgotten {
  sets: SetId[];
  objects: number;
}

/** Reads every set of a place. Throws `backup-foreign` at one that is not ours: then nothing may be removed. */
export async function readSets(place: BackupPlace): Promise<Map<SetId, BackupSet>> {
  const sets = new Map<SetId, BackupSet>();
  for (const id of place.sets) sets.set(id, await place.read(id));
  return sets;
}

/** Removes the sets that no rule keeps, none without rules, and then whatever no remaining set needs, as broken runs leave it. */
export async function forgetOld(
  place: BackupPlace,
  sets: ReadonlyMap<SetId, BackupSet>,
  keep: Keep | undefined,
): Promise<Forgotten> {
  const dated = Array.from(sets, ([id, { madeAt }]) => ({ id, madeAt }));
  const staying = keep ? kept(dated, keep) : new Set(sets.keys());
  return forget(
    place,
    sets,
    [...sets.keys()].filter((id) => !staying.has(id)),
  );
}

/**
 * Removes sets, then what only they needed: in this order, so that a crash leaves chunks that nobody needs, which the next
 * run removes, and never a set that lacks some. What the others need is known before anything is removed.
 */
export async function forget(
  place: BackupPlace,
  sets: ReadonlyMap<SetId, BackupSet>,
  going: readonly SetId[],
): Promise<Forgotten> {
  const gone = new Set(going);
  const needed = await place.needed(Array.from(sets).flatMap(([id, set]) => (gone.has(id) ? [] : [set])));
  for (const id of going) await place.store.delete(id);
  let objects = 0;
  for (const object of place.objects) {
    if (needed.has(object)) continue;
    await place.store.delete(object);
    place.objects.delete(object);
    objects++;
  }
  return { sets: [...going], objects };
}
