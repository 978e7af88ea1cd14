import { field } from '@salus/base';
import { z } from 'zod';
import { recordError } from './errors.ts';

/** A number as typed, never as a float: "36.8". */
const decimal = z.string().regex(/^\d{1,5}([.,]\d{1,3})?$/, 'must be a number such as 36.8');

/** Vital signs as entered by hand. Every number comes with its unit, but for blood pressure and pulse, which have one each. */
export const vitalsInput = z.strictObject({
  medicalCentre: z.optional(field.text(200)),
  bloodGroup: z.optional(z.enum(['A+', 'A-', 'B+', 'B-', 'AB+', 'AB-', '0+', '0-'])),
  systolic: z.optional(decimal),
  diastolic: z.optional(decimal),
  pulse: z.optional(decimal),
  temperature: z.optional(z.strictObject({ value: decimal, unit: z.string() })),
  laboratory: z.optional(
    z
      .array(
        z.strictObject({
          name: field.text(200),
          value: field.text(100),
          unit: field.text(40),
          details: z.optional(field.text(1_000)),
        }),
      )
      .max(100),
  ),
});

export type VitalsInput = z.output<typeof vitalsInput>;

interface Sign {
  name: string;
  loinc: string;
  unit: string;
  ucum: string;
  possible: [number, number];
  plausible: [number, number];
}

// Plausible: outside it a person is asked; impossible: outside it nobody lives. Adults and children together.
const SIGNS = {
  systolic: {
    name: 'Systolic blood pressure',
    loinc: '8480-6',
    unit: 'mmHg',
    ucum: 'mm[Hg]',
    possible: [20, 350],
    plausible: [70, 220],
  },
  diastolic: {
    name: 'Diastolic blood pressure',
    loinc: '8462-4',
    unit: 'mmHg',
    ucum: 'mm[Hg]',
    possible: [10, 250],
    plausible: [40, 130],
  },
  pulse: { name: 'Pulse', loinc: '8867-4', unit: '/min', ucum: '/min', possible: [10, 400], plausible: [35, 200] },
  Cel: {
    name: 'Body temperature',
    loinc: '8310-5',
    unit: '°C',
    ucum: 'Cel',
    possible: [15, 48],
    plausible: [34, 41.5],
  },
  '[degF]': {
    name: 'Body temperature',
    loinc: '8310-5',
    unit: '°F',
    ucum: '[degF]',
    possible: [59, 118],
    plausible: [93, 107],
  },
} satisfies Record<string, Sign>;

const TEMPERATURE_UNITS: Record<string, 'Cel' | '[degF]'> = {
  C: 'Cel',
  '°C': 'Cel',
  Cel: 'Cel',
  F: '[degF]',
  '°F': '[degF]',
  '[degF]': '[degF]',
};

/** One measured value, coded. */
export interface Measurement {
  sign: Sign;
  value: string;
}

/**
 * Checks vital signs: units named, values possible, unusual ones confirmed. Throws `vitals-empty`, `vitals-unit`,
 * `vitals-impossible`, and `vitals-implausible` unless `confirmed`.
 */
export function measurementsOf(input: VitalsInput, confirmed: boolean): Measurement[] {
  const found: Measurement[] = [];
  if (input.systolic) found.push({ sign: SIGNS.systolic, value: input.systolic });
  if (input.diastolic) found.push({ sign: SIGNS.diastolic, value: input.diastolic });
  if (input.pulse) found.push({ sign: SIGNS.pulse, value: input.pulse });
  if (input.temperature)
    found.push({ sign: SIGNS[temperatureUnit(input.temperature.unit)], value: input.temperature.value });
  if (found.length === 0 && !input.bloodGroup && !input.laboratory?.length) throw recordError('vitals-empty');
  return found.map(({ sign, value }) => checked(sign, value.replace(',', '.'), confirmed));
}

function temperatureUnit(given: string): 'Cel' | '[degF]' {
  const unit = TEMPERATURE_UNITS[given];
  if (!unit) throw recordError('vitals-unit', { sign: 'Body temperature', given: given || 'nothing', known: '°C, °F' });
  return unit;
}

function checked(sign: Sign, value: string, confirmed: boolean): Measurement {
  const number = Number(value);
  const facts = { sign: sign.name, value, unit: sign.unit };
  if (number < sign.possible[0] || number > sign.possible[1]) throw recordError('vitals-impossible', facts);
  if (!confirmed && (number < sign.plausible[0] || number > sign.plausible[1]))
    throw recordError('vitals-implausible', facts);
  return { sign, value };
}
