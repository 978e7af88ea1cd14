/** One measured value as people read it. */
export interface Value {
  name: string;
  value: string;
  unit: string;
  /** LOINC code where it has one. */
  code: string;
  details?: string;
}

interface Quantity {
  value?: number;
  unit?: string;
}

interface Observation {
  code?: { text?: string; coding?: { code?: string; display?: string }[] };
  valueQuantity?: Quantity;
  valueString?: string;
  component?: Observation[];
  note?: { text?: string }[];
  performer?: { display?: string }[];
}

/** Values of a vital signs record: what its author typed, with units. Undefined where the content is none. */
export function valuesOf(text: string): { values: Value[]; medicalCentre: string } | undefined {
  let bundle: { entry?: { resource?: Observation }[] };
  try {
    bundle = JSON.parse(text);
  } catch {
    return undefined;
  }
  const observations = (bundle.entry ?? []).flatMap(({ resource }) => (resource ? [resource] : []));
  const values = observations.flatMap((one) => [one, ...(one.component ?? [])]).flatMap(measured);
  return { values, medicalCentre: observations[0]?.performer?.[0]?.display ?? '' };
}

function measured({ code, valueQuantity, valueString, note }: Observation): Value[] {
  if (valueQuantity === undefined && valueString === undefined) return [];
  const coding = code?.coding?.[0];
  return [
    {
      name: String(code?.text ?? coding?.display ?? ''),
      value: String(valueQuantity?.value ?? valueString ?? ''),
      unit: String(valueQuantity?.unit ?? ''),
      code: String(coding?.code ?? ''),
      ...(note?.[0]?.text ? { details: String(note[0].text) } : {}),
    },
  ];
}
