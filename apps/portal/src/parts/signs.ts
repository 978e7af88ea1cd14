/** LOINC codes of what is charted, and what is usual: outside it a value is marked, in words too. */
export const SIGNS = {
  systolic: { code: '8480-6', usual: [90, 140] },
  diastolic: { code: '8462-4', usual: [50, 90] },
  pulse: { code: '8867-4', usual: [50, 100] },
  temperature: { code: '8310-5', usual: [35.5, 38] },
} as const;

/** Whether a value lies outside what is usual; units other than the chart's are left unmarked. */
export function isUnusual(code: string, value: string | number, unit: string): boolean {
  if (unit === '°F') return false;
  const sign = Object.values(SIGNS).find((one) => one.code === code);
  return sign !== undefined && (Number(value) < sign.usual[0] || Number(value) > sign.usual[1]);
}
