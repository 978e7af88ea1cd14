import { COMMON_OPTIONS, type Command } from './command.ts';

/** The list of commands. */
export function overview(commands: readonly Command[]): string {
  const width = Math.max(...commands.map(({ name }) => name.length));
  const rows = commands.map(({ name, summary }) => `  ${name.padEnd(width)}  ${summary}`);
  return `Salus: medical records that patients own.\n\nsalus <command> [--json] [--profile NAME] [--node URL] [--help]\n\n${rows.join('\n')}\n`;
}

/** One command: usage, options, an example. */
export function helpOf(command: Command): string {
  const options = Object.entries({ ...command.options, ...COMMON_OPTIONS });
  const width = Math.max(...options.map(([name]) => name.length));
  const rows = options.map(
    ([name, { help, type }]) => `  --${name.padEnd(width)}  ${help}${type === 'string' ? '' : ' (switch)'}`,
  );
  return `${command.summary}\n\nsalus ${command.name} ${command.usage}\n\n${rows.join('\n')}\n\nExample:\n  ${command.example}\n`;
}
