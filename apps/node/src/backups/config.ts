import { storeConfig } from '@salus/clouds';
import { z } from 'zod';
import { BY_HAND } from './notes.ts';
import { everyMsOf } from './schedule.ts';

const count = z.number().int().min(0).max(1_000);

/** One entry of `backups` in `node/node.json`: to which place, how often, and what stays there. See docs/operate/backup.md. */
const backupConfig = z.strictObject({
  name: z.string().regex(/^[a-z0-9-]{1,40}$/),
  /** `15m`, `6h`, `1d`: at multiples of this, by UTC. */
  every: z.string().regex(/^[1-9][0-9]{0,3}[mhd]$/),
  /** The newest so many, and the newest of so many days, weeks and months. */
  keep: z
    .strictObject({
      last: count.min(2).default(2),
      daily: count.default(7),
      weekly: count.default(5),
      monthly: count.default(12),
    })
    .prefault({}),
  /** Pieces of records, too, so that this place alone restores everything when all clouds are lost. */
  content: z.boolean().default(false),
  /** Described as in `stores`; it belongs to this backup alone. */
  store: storeConfig,
});

export type BackupConfig = z.output<typeof backupConfig>;

/** All of a node's. Devices keep their operations as far back as the older of each one's newest two. */
export const backupConfigs = z
  .array(backupConfig)
  .max(8)
  .default([])
  .superRefine((backups, context) => {
    const refuse = (index: number, path: string, message: string) =>
      context.addIssue({ code: 'custom', path: [index, path], message });
    const [names, places] = [new Set<string>([BY_HAND]), new Set<string>()];
    backups.forEach(({ name, every, store }, i) => {
      if (names.has(name)) refuse(i, 'name', 'must be another than the others’');
      const place = JSON.stringify({ ...store, name: '' });
      if (places.has(place)) refuse(i, 'store', 'must be another place than the others’');
      if (everyMsOf(every) > EVERY_LIMIT_MS) refuse(i, 'every', 'must be a month at most');
      names.add(name);
      places.add(place);
    });
  });

/** Longer than that is no routine. */
const EVERY_LIMIT_MS = 31 * 86_400_000;
