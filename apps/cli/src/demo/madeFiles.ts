import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';

const PDF = `%PDF-1.4
1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj
2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj
3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 200 100]>>endobj
trailer<</Root 1 0 R>>
%%EOF
`;
// One grey pixel.
const PNG = 'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAAAAAA6fptVAAAACklEQVR42mNoAAAAggCBd81ytgAAAABJRU5ErkJggg==';
const FHIR = {
  resourceType: 'Bundle',
  type: 'collection',
  entry: [
    {
      resource: {
        resourceType: 'Observation',
        code: { coding: [{ system: 'http://loinc.org', code: '4548-4', display: 'Haemoglobin A1c' }] },
        valueQuantity: { value: 6.1, unit: '%' },
      },
    },
  ],
};

/** Bytes that look random and are the same every time. */
export function noise(lengthBytes: number, seed: number): Buffer {
  const bytes = Buffer.alloc(lengthBytes);
  let state = seed | 1;
  for (let i = 0; i + 4 <= lengthBytes; i += 4) {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    bytes.writeInt32LE(state, i);
  }
  return bytes;
}

/** Files as people have them: several kinds, nested, odd names, an empty one, one that takes several stripes. */
export async function makeFiles(directory: string): Promise<void> {
  const dicom = Buffer.concat([Buffer.alloc(128), Buffer.from('DICM'), noise(300_000, 7)]);
  const csv = `time,systolic,diastolic\n${Array.from({ length: 2_000 }, (_, i) => `2026-01-01T${String(i % 24).padStart(2, '0')}:00Z,${110 + (i % 30)},${70 + (i % 15)}`).join('\n')}\n`;
  const files: Record<string, string | Buffer> = {
    'letter.pdf': PDF,
    'scans/x-ray.png': Buffer.from(PNG, 'base64'),
    'scans/2026/knee mri.dcm': dicom,
    'results/hba1c.json': JSON.stringify(FHIR, null, 2),
    'results/blood pressure.csv': csv,
    'odd/Überweisung – “Lunge” (1) 肺.txt': 'Überweisung an die Pneumologie\n',
    'odd/-rf.txt': 'a name that looks like an option\n',
    'empty.txt': '',
    'large/video.bin': noise(24 * 1024 * 1024, 11),
  };
  for (const [name, content] of Object.entries(files)) {
    await mkdir(dirname(join(directory, name)), { recursive: true });
    await writeFile(join(directory, name), content);
  }
}
