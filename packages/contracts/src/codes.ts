import { z } from 'zod';

/** What an account may do. */
export const roleSchema = z.enum(['patient', 'doctor', 'institute', 'operator']);
export type Role = z.output<typeof roleSchema>;

/** Kinds of content that a grant may cover one by one. */
export const fieldGroupSchema = z.enum(['vitals', 'document']);
export type FieldGroup = z.output<typeof fieldGroupSchema>;

/** Why a reader asks or reads: a code; the words themselves are sealed and only committed to. */
export const purposeSchema = z.enum(['treatment', 'second-opinion', 'research', 'administration', 'other']);
export type Purpose = z.output<typeof purposeSchema>;

const distinct = (values: readonly unknown[]) => new Set(values).size === values.length;

/** Field groups of a request or grant: at least one, each once. */
export const fieldGroupsSchema = z
  .array(fieldGroupSchema)
  .min(1)
  .max(fieldGroupSchema.options.length)
  .refine(distinct, 'must not repeat');

/** Roles a grant may be passed on to: none, some, each once. */
export const delegateRolesSchema = z
  .array(z.enum(['doctor', 'institute']))
  .max(2)
  .refine(distinct, 'must not repeat');

/** A list of distinct values of one schema, within bounds that the caller names. */
export const distinctList = <Schema extends z.ZodType>(schema: Schema, min: number, max: number) =>
  z.array(schema).min(min).max(max).refine(distinct, 'must not repeat');
