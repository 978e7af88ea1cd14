import { z } from 'zod';

/** What an operator says of a provider: how much it should get, and what it may not get. */
export const storePreference = z.strictObject({
  /** Twice the weight, twice the pieces, where there are more stores than a stripe has pieces. */
  weight: z.number().positive().max(1_000).default(1),
  /** Price of keeping a gigabyte for a month, in any one currency for all stores: half the price, twice the pieces. */
  cost: z.number().positive().max(1_000_000).optional(),
  /** What fails together, or stands under one law: a country, a provider, a building. */
  region: z
    .string()
    .regex(/^[a-z0-9-]{1,60}$/)
    .optional(),
  /** Pieces take no more than this together. */
  capacityBytes: z.number().int().positive().optional(),
  /** It is given nothing; what it has stays and is read until it is emptied. */
  never: z.boolean().default(false),
});

export type StorePreference = z.output<typeof storePreference>;

/** Of a store nobody said anything about. */
export const NO_PREFERENCE: StorePreference = storePreference.parse({});
