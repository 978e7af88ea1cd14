import 'uplot/dist/uPlot.min.css';
import { useComputedColorScheme } from '@mantine/core';
import { useEffect, useRef } from 'react';
import { useTranslation } from 'react-i18next';
import UPlot from 'uplot';
import { fullTime } from '../page/saying.ts';

/** One line of a chart; times in milliseconds. */
export interface Line {
  label: string;
  points: { time: number; value: number }[];
}

/** A range with room on both sides, so that a single value stands in the middle. */
const rangeOf = (values: number[], room: number): [number, number] => [
  Math.min(...values) - room,
  Math.max(...values) + room,
];

const day = new Intl.DateTimeFormat('en-GB', { day: 'numeric', month: 'short' });
const hour = new Intl.DateTimeFormat('en-GB', { day: 'numeric', month: 'short', hour: '2-digit', minute: '2-digit' });
const year = new Intl.DateTimeFormat('en-GB', { month: 'short', year: 'numeric' });

/** Days on the axis; hours where it spans few of them, months where it spans many. */
function tickOf(splits: number[]): (seconds: number) => string {
  const step = (splits[1] ?? 0) - (splits[0] ?? 0);
  const format = step < DAY_SECONDS ? hour : step > 60 * DAY_SECONDS ? year : day;
  return (seconds) => format.format(seconds * 1_000);
}

const inSeconds = (time: number) => time / 1_000;
const DAY_SECONDS = 86_400;
/** Units above and below the values. */
const ROOM = 5;
const HEIGHT = 220;
const COLOURS = { light: ['#0f766e', '#8a4b00', '#222', '#dfe3e6'], dark: ['#5eead4', '#ffd58a', '#ddd', '#353b41'] };

/** Values over time. The same numbers stand in a table for whoever does not see the drawing. */
export default function Chart({ lines, label }: { lines: Line[]; label: string }) {
  const { t } = useTranslation();
  const place = useRef<HTMLDivElement>(null);
  const scheme = useComputedColorScheme('light');
  useEffect(() => {
    const target = place.current;
    if (!target) return;
    const [first, second, ink, grid] = COLOURS[scheme] as [string, string, string, string];
    const times = [...new Set(lines.flatMap(({ points }) => points.map(({ time }) => time)))].sort((a, b) => a - b);
    const series = lines.map(({ points }) => {
      const at = new Map(points.map(({ time, value }) => [time, value]));
      return times.map((time) => at.get(time) ?? null);
    });
    const axis = { stroke: ink, grid: { stroke: grid }, ticks: { stroke: grid } };
    const plot = new UPlot(
      {
        width: target.clientWidth,
        height: HEIGHT,
        cursor: { show: false },
        legend: { live: false },
        scales: {
          x: { range: rangeOf(times.map(inSeconds), DAY_SECONDS) },
          y: {
            range: rangeOf(
              series.flat().filter((value) => value !== null),
              ROOM,
            ),
          },
        },
        axes: [
          { ...axis, space: 90, values: (_, splits) => splits.map(tickOf(splits)) },
          { ...axis, size: 44 },
        ],
        series: [
          {},
          ...lines.map((line, i) => ({
            label: line.label,
            stroke: i === 0 ? first : second,
            width: 2,
            spanGaps: true,
            points: { show: true, size: 7 },
          })),
        ],
      },
      [times.map(inSeconds), ...series],
      target,
    );
    const fit = new ResizeObserver(() => plot.setSize({ width: target.clientWidth, height: HEIGHT }));
    fit.observe(target);
    return () => {
      fit.disconnect();
      plot.destroy();
    };
  }, [lines, scheme]);
  return (
    <>
      <div ref={place} className="chart" role="img" aria-label={label} />
      <details>
        <summary>{t('charts.list')}</summary>
        <ul className="rows">
          {lines.flatMap((line) =>
            line.points.map(({ time, value }) => (
              <li key={`${line.label}${time}`}>
                <span className="what">{line.label}</span>
                <span className="numbers">{value}</span>
                <span>{fullTime(time)}</span>
              </li>
            )),
          )}
        </ul>
      </details>
    </>
  );
}
