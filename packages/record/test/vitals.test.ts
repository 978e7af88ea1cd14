import { isSalusError, text } from '@salus/base';
import { describe, expect, it } from 'vitest';
import { vitalsBundle } from '../src/fhir.ts';
import { measurementsOf, vitalsInput } from '../src/vitals.ts';

const codeOf = (run: () => unknown): string => {
  try {
    run();
  } catch (thrown) {
    if (isSalusError(thrown)) return thrown.code;
    throw thrown;
  }
  return 'accepted';
};
const temperature = (value: string, unit: string) => vitalsInput.parse({ temperature: { value, unit } });

describe('vital signs', () => {
  it('never guesses a unit', () => {
    expect(codeOf(() => measurementsOf(temperature('37', ''), false))).toBe('vitals-unit');
    expect(codeOf(() => measurementsOf(temperature('37', 'K'), true))).toBe('vitals-unit');
    expect(measurementsOf(temperature('98.6', '°F'), false)[0]).toMatchObject({
      value: '98.6',
      sign: { ucum: '[degF]' },
    });
  });

  it('questions what is unusual and refuses what cannot be', () => {
    expect(codeOf(() => measurementsOf(temperature('42', 'C'), false))).toBe('vitals-implausible');
    expect(codeOf(() => measurementsOf(temperature('42', 'C'), true))).toBe('accepted');
    // A Fahrenheit reading given as Celsius.
    expect(codeOf(() => measurementsOf(temperature('98.6', 'C'), true))).toBe('vitals-impossible');
    expect(codeOf(() => measurementsOf(vitalsInput.parse({ systolic: '1280' }), true))).toBe('vitals-impossible');
    expect(codeOf(() => measurementsOf(vitalsInput.parse({}), true))).toBe('vitals-empty');
  });

  it('becomes coded FHIR observations, both pressures in one panel', () => {
    const input = vitalsInput.parse({
      systolic: '128',
      diastolic: '82',
      pulse: '71',
      bloodGroup: 'A+',
      medicalCentre: 'City Hospital',
    });
    const bundle = JSON.parse(text(vitalsBundle(input, '2026-11-21T07:10:00.000Z', false)));
    const codes = bundle.entry.map(
      (e: { resource: { code: { coding: { code: string }[] } } }) => e.resource.code.coding[0]!.code,
    );
    expect(codes).toEqual(['85354-9', '8867-4', '883-9']);
    expect(
      bundle.entry[0].resource.component.map((c: { valueQuantity: { value: number } }) => c.valueQuantity.value),
    ).toEqual([128, 82]);
    expect(bundle.entry[1].resource.performer).toEqual([{ display: 'City Hospital' }]);
  });
});
