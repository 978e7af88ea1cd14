import { createInterface } from 'node:readline/promises';
import { Writable } from 'node:stream';
import { cliError } from './errors.ts';

/** Asks in the terminal without showing what is typed. Throws `password-missing` where there is no terminal. */
export async function askHidden(question: string): Promise<string> {
  if (!process.stdin.isTTY) throw cliError('password-missing');
  process.stderr.write(question);
  const silent = new Writable({ write: (_chunk, _encoding, done) => done() });
  const reader = createInterface({ input: process.stdin, output: silent, terminal: true });
  try {
    return await reader.question('');
  } finally {
    reader.close();
    process.stderr.write('\n');
  }
}

/** Asks in the terminal. */
export async function ask(question: string): Promise<string> {
  if (!process.stdin.isTTY) throw cliError('argument-missing', { argument: question.trim() });
  const reader = createInterface({ input: process.stdin, output: process.stderr });
  try {
    return await reader.question(question);
  } finally {
    reader.close();
  }
}
