import type { ParseArgsConfig } from 'node:util';
import type { Io } from './io.ts';

/** One line of output: an object in `--json`, readable text otherwise. */
export type Line = Readonly<Record<string, unknown>>;

/** An option of a command, beside those that every command has. */
export interface Option {
  type: 'string' | 'boolean';
  help: string;
  multiple?: boolean;
}

export type Values = Record<string, string | boolean | string[] | undefined>;

/** What a command works with. */
export interface Invocation {
  positionals: string[];
  values: Values;
  io: Io;
}

/** One command: what it is for, an example that works, its options, and what it does. Lines are printed as they come. */
export interface Command {
  /** Words of its name, such as `record add`. */
  name: string;
  summary: string;
  /** What follows the name. */
  usage: string;
  example: string;
  options?: Record<string, Option>;
  run(invocation: Invocation): AsyncIterable<Line>;
}

/** Options that every command takes. */
export const COMMON_OPTIONS: Record<string, Option> = {
  json: { type: 'boolean', help: 'one JSON object per line' },
  profile: { type: 'string', help: 'whose keys to use (default: default)' },
  node: { type: 'string', help: 'address of the node (default: http://127.0.0.1:8480)' },
  help: { type: 'boolean', help: 'this text' },
};

export const parseOptions = (command: Command): NonNullable<ParseArgsConfig['options']> => {
  const declared = { ...COMMON_OPTIONS, ...command.options };
  return Object.fromEntries(
    Object.entries(declared).map(([name, { type, multiple }]) => [name, { type, multiple: multiple ?? false }]),
  );
};

/** The value of a text option, or undefined. */
export const textOf = (values: Values, name: string): string | undefined => {
  const value = values[name];
  return typeof value === 'string' ? value : undefined;
};

export const listOf = (values: Values, name: string): string[] => {
  const value = values[name];
  return Array.isArray(value) ? value : typeof value === 'string' ? value.split(',') : [];
};
