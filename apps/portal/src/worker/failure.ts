/** An error as it crosses to the page: what was wrong, and what to do. */
export interface Failure {
  code: string;
  message: string;
  fix: string;
  facts: Record<string, string | number | boolean>;
}

const UNEXPECTED: Omit<Failure, 'facts'> = {
  code: 'unexpected',
  message: 'Something went wrong that should not.',
  fix: 'Try again. If it stays, tell your hospital what you were doing.',
};

/** Ours as they are; anything else is a bug of ours, named by what it says. */
export function failureOf(thrown: unknown): Failure {
  if (thrown instanceof Error && 'code' in thrown && 'fix' in thrown) {
    const { code, message, fix, facts } = thrown as Error & Failure;
    return { code, message, fix, facts: { ...facts } };
  }
  return { ...UNEXPECTED, facts: { why: thrown instanceof Error ? thrown.message : String(thrown) } };
}

/** Something that only the page refuses. */
export function refusal(code: string, message: string, fix: string): Error & Failure {
  return Object.assign(new Error(message), { code, fix, facts: {} });
}
