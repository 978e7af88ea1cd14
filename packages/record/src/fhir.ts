import { type Bytes, utf8 } from '@salus/base';
import { type Measurement, measurementsOf, type VitalsInput } from './vitals.ts';

interface Coding {
  system: string;
  code: string;
  display: string;
}

const LOINC = 'http://loinc.org';
const UCUM = 'http://unitsofmeasure.org';

/** The body of a vital signs record: a FHIR R4 collection of Observations, as JSON. `time` is ISO 8601. */
export function vitalsBundle(input: VitalsInput, time: string, confirmed: boolean): Bytes {
  const measured = measurementsOf(input, confirmed);
  const observations = [
    ...bloodPressure(measured),
    ...measured
      .filter((m) => !isPressure(m))
      .map((m) => ({ code: { coding: [codingOf(m)] }, valueQuantity: quantityOf(m) })),
    ...(input.bloodGroup
      ? [{ code: { coding: [coding('883-9', 'ABO and Rh group')] }, valueString: input.bloodGroup }]
      : []),
    ...(input.laboratory ?? []).map((test) => ({
      code: { text: test.name },
      valueString: `${test.value} ${test.unit}`.trim(),
      ...(test.details ? { note: [{ text: test.details }] } : {}),
    })),
  ];
  const performer = input.medicalCentre ? { performer: [{ display: input.medicalCentre }] } : {};
  const bundle = {
    resourceType: 'Bundle',
    type: 'collection',
    entry: observations.map((o) => ({
      resource: { resourceType: 'Observation', status: 'final', effectiveDateTime: time, ...performer, ...o },
    })),
  };
  return utf8(JSON.stringify(bundle));
}

const isPressure = (m: Measurement) => m.sign.loinc === '8480-6' || m.sign.loinc === '8462-4';

/** Both pressures are components of one panel, as FHIR's vital signs profile asks. */
function bloodPressure(measured: Measurement[]) {
  const component = measured
    .filter(isPressure)
    .map((m) => ({ code: { coding: [codingOf(m)] }, valueQuantity: quantityOf(m) }));
  return component.length > 0 ? [{ code: { coding: [coding('85354-9', 'Blood pressure panel')] }, component }] : [];
}

const coding = (code: string, display: string): Coding => ({ system: LOINC, code, display });
const codingOf = (m: Measurement) => coding(m.sign.loinc, m.sign.name);
// FHIR's decimal is a JSON number; the text was checked to be one with at most three decimals.
const quantityOf = (m: Measurement) => ({ value: Number(m.value), unit: m.sign.unit, system: UCUM, code: m.sign.ucum });
