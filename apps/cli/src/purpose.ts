import { textOf, type Values } from './command.ts';
import { cliError } from './errors.ts';

const PURPOSES = ['treatment', 'second-opinion', 'research', 'administration', 'other'] as const;
export type Purpose = (typeof PURPOSES)[number];

/** The purpose named by --purpose; treatment unless told. */
export function purposeOf(values: Values): Purpose {
  const given = textOf(values, 'purpose') ?? 'treatment';
  const purpose = PURPOSES.find((known) => known === given);
  if (!purpose) throw cliError('argument-wrong', { why: `${given} is not a purpose: ${PURPOSES.join(', ')}.` });
  return purpose;
}
