import { lazy, Suspense } from 'react';
import { useTranslation } from 'react-i18next';
import { useAnswer } from '../../page/verbs.ts';
import type { Line } from '../../parts/Chart.tsx';
import { Empty, Section, Sheet } from '../../parts/Sheet.tsx';
import { SIGNS } from '../../parts/signs.ts';
import { Answered, Wait } from '../../parts/Wait.tsx';
import type { Measured } from '../../worker/verbs/patient.ts';

const Chart = lazy(() => import('../../parts/Chart.tsx'));

const CELSIUS_OF = (fahrenheit: number) => Math.round(((fahrenheit - 32) / 1.8) * 10) / 10;
const CHARTS = {
  pressure: ['systolic', 'diastolic'],
  pulse: ['pulse'],
  temperature: ['temperature'],
} as const;

/** Points of one sign, temperatures in one unit. */
const pointsOf = (all: Measured[], code: string) =>
  all
    .filter((one) => one.code === code)
    .map(({ time, value, unit }) => ({ time, value: unit === '°F' ? CELSIUS_OF(value) : value }));

/** Vital signs over time. */
export default function Charts() {
  const { t } = useTranslation();
  const measured = useAnswer('measurements', []);
  return (
    <Sheet title={t('charts.title')}>
      <Answered of={measured} what={t('home.opening')}>
        {(all) => (
          <Suspense fallback={<Wait />}>
            {(Object.keys(CHARTS) as (keyof typeof CHARTS)[]).map((name) => {
              const lines: Line[] = CHARTS[name].map((sign) => ({
                label: t(`vitals.${sign}`),
                points: pointsOf(all, SIGNS[sign].code),
              }));
              return (
                <Section key={name} title={t(`charts.${name}`)}>
                  {lines.every(({ points }) => points.length === 0) ? (
                    <Empty>{t('charts.empty')}</Empty>
                  ) : (
                    <Chart lines={lines} label={t(`charts.${name}`)} />
                  )}
                </Section>
              );
            })}
          </Suspense>
        )}
      </Answered>
    </Sheet>
  );
}
