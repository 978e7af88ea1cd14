import type { Figure } from './figure.ts';

/** Figures beside each other, one line each, for people. */
export function table(figures: readonly Figure[]): string {
  const rows = figures.map(({ who, metric, value, bench: _, ...sizes }) => [
    metric,
    who,
    rounded(value),
    Object.entries(sizes)
      .map(([name, size]) => `${name} ${size}`)
      .join(', '),
  ]);
  const widths = [0, 1, 2].map((column) => Math.max(...rows.map((row) => row[column]!.length)));
  const lines = rows.map(([metric, who, value, sizes]) =>
    `${metric!.padEnd(widths[0]!)}  ${who!.padEnd(widths[1]!)}  ${value!.padStart(widths[2]!)}  ${sizes}`.trimEnd(),
  );
  return lines.map((line) => `${line}\n`).join('');
}

/** Three significant digits: no run repeats more than that. */
const rounded = (value: number): string => (value === 0 ? '0' : String(Number(value.toPrecision(3))));
