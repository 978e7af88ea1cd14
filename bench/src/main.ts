import { existsSync, readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { letFilesPass } from '@salus/cli/collector';
import type { Bench, Figure } from './runner/figure.ts';
import { table } from './runner/table.ts';

const SOURCES = fileURLToPath(new URL('../src', import.meta.url));

/** Every file beside this one is a bench; what benches share lives in folders. */
const names = (): string[] =>
  readdirSync(SOURCES)
    .filter((file) => file.endsWith('.ts') && file !== 'main.ts')
    .map((file) => file.slice(0, -'.ts'.length))
    .sort();

/** `NAME [--json]`: measures, and prints one JSON line per figure or a table. Without a name, lists the benches. */
export async function main(args: string[]): Promise<number> {
  const json = args.includes('--json');
  const name = args.find((arg) => !arg.startsWith('-'));
  if (!name) {
    process.stdout.write(
      `Measure with \`npm run bench -- NAME [--json]\`:\n${names()
        .map((known) => `  ${known}\n`)
        .join('')}`,
    );
    return 0;
  }
  if (!names().includes(name)) {
    process.stderr.write(`There is no bench ${name}; there are: ${names().join(', ')}.\n`);
    return 1;
  }
  // Benches act as devices do on the command line.
  letFilesPass();
  const { run } = await benchOf(name);
  const figures: Figure[] = [];
  await run((figure) => {
    const line = { bench: name, ...figure };
    figures.push(line);
    if (json) process.stdout.write(`${JSON.stringify(line)}\n`);
  });
  if (!json) process.stdout.write(table(figures));
  return figures.length > 0 ? 0 : 1;
}

/** The built file, or the source where sources run as they are (in tests). */
async function benchOf(name: string): Promise<Bench> {
  const built = new URL(`./${name}.js`, import.meta.url);
  return (await import(existsSync(built) ? built.href : new URL(`./${name}.ts`, import.meta.url).href)) as Bench;
}
