import { parseArgs } from 'node:util';
import { isSalusError } from '@salus/base';
import { type Command, type Line, parseOptions, type Values } from './command.ts';
import { commands } from './commands/index.ts';
import { cliError } from './errors.ts';
import { helpOf, overview } from './help.ts';
import { createIo } from './io.ts';

/** Runs one command line. Results go to stdout, everything else to stderr; 0 only where all of it succeeded. */
export async function main(args: string[], env: NodeJS.ProcessEnv = process.env): Promise<number> {
  const json = args.includes('--json');
  try {
    return await dispatch(args, env);
  } catch (thrown) {
    if (!isSalusError(thrown)) throw thrown;
    const { code, message, fix, facts } = thrown;
    if (json) process.stdout.write(`${JSON.stringify({ ok: false, code, message, fix, facts })}\n`);
    else process.stderr.write(`${message}\n${fix}\n`);
    return 1;
  }
}

async function dispatch(args: string[], env: NodeJS.ProcessEnv): Promise<number> {
  const command = commandOf(args);
  if (!command) {
    if (args.length > 0 && !args[0]!.startsWith('-'))
      throw cliError('command-unknown', { command: args.slice(0, 2).join(' ') });
    process.stdout.write(overview(commands));
    return args.includes('--help') || args.length === 0 ? 0 : 1;
  }
  const { values, positionals } = parsed(command, args.slice(command.name.split(' ').length));
  if (values.help) {
    process.stdout.write(helpOf(command));
    return 0;
  }
  const { profile, node } = values as { profile?: string; node?: string };
  const io = createIo(env, { ...(profile ? { profile } : {}), ...(node ? { node } : {}) });
  let ok = true;
  for await (const line of command.run({ positionals, values, io })) {
    if (line.ok === false) ok = false;
    process.stdout.write(`${values.json ? JSON.stringify(line) : readable(line)}\n`);
  }
  return ok ? 0 : 1;
}

/** The command with the longest name that the arguments begin with. */
function commandOf(args: string[]): Command | undefined {
  const fitting = commands.filter(({ name }) => name.split(' ').every((word, i) => args[i] === word));
  return fitting.sort((a, b) => b.name.length - a.name.length)[0];
}

function parsed(command: Command, args: string[]): { values: Values; positionals: string[] } {
  try {
    const { values, positionals } = parseArgs({
      args,
      options: parseOptions(command),
      allowPositionals: true,
      strict: true,
    });
    return { values: values as Values, positionals };
  } catch (thrown) {
    throw cliError('argument-wrong', { why: thrown instanceof Error ? thrown.message : 'The arguments do not fit.' });
  }
}

/** One line for a person: values by their names, in the order given. */
function readable(line: Line): string {
  return Object.entries(line)
    .filter(([, value]) => value !== undefined && value !== '')
    .map(([name, value]) => `${name}: ${typeof value === 'object' ? JSON.stringify(value) : String(value)}`)
    .join('   ');
}
