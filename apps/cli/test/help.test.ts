import { describe, expect, it } from 'vitest';
import { parseOptions } from '../src/command.ts';
import { commands } from '../src/commands/index.ts';
import { helpOf, overview } from '../src/help.ts';

/** What design promises; further commands may stand beside them. */
const PROMISED = [
  'demo',
  'node',
  'account create',
  'account login',
  'account devices',
  'account reject',
  'account suspend',
  'approve',
  'assign',
];
const PROMISED_TOO = [
  'record add',
  'record list',
  'record open',
  'record show',
  'record update',
  'search',
  'request',
  'verify-request',
];
const AND = ['consent', 'delegate', 'revoke', 'log', 'verify', 'clouds'];

describe('commands', () => {
  it('are all there, each named once', () => {
    const names = commands.map(({ name }) => name);
    expect(new Set(names).size).toBe(names.length);
    expect(names).toEqual(expect.arrayContaining([...PROMISED, ...PROMISED_TOO, ...AND]));
    for (const name of names) expect(overview(commands)).toContain(name);
  });

  it.each(commands.map((command) => [command.name, command] as const))(
    '%s says what it is for, with an example of itself',
    (name, command) => {
      const help = helpOf(command);
      expect(command.summary.length).toBeGreaterThan(10);
      expect(command.example).toMatch(new RegExp(`(^| )salus ${name}( |$)`));
      for (const option of Object.keys(parseOptions(command))) expect(help).toContain(`--${option}`);
      // An example uses only options that exist.
      for (const [, option] of command.example.matchAll(/ --([a-z-]+)/g))
        expect(parseOptions(command)).toHaveProperty(option!);
    },
  );
});
