import { type Bytes, utf8 } from '@salus/base';

interface Signature {
  offset: number;
  bytes: Bytes;
  type: string;
}

const SIGNATURES: Signature[] = [
  { offset: 0, bytes: utf8('%PDF-'), type: 'application/pdf' },
  { offset: 0, bytes: Uint8Array.of(0x89, 0x50, 0x4e, 0x47), type: 'image/png' },
  { offset: 0, bytes: Uint8Array.of(0xff, 0xd8, 0xff), type: 'image/jpeg' },
  { offset: 128, bytes: utf8('DICM'), type: 'application/dicom' },
];

const EXTENSIONS: Record<string, string> = {
  csv: 'text/csv',
  txt: 'text/plain',
  json: 'application/json',
  pdf: 'application/pdf',
  png: 'image/png',
  jpg: 'image/jpeg',
  jpeg: 'image/jpeg',
  dcm: 'application/dicom',
};

/** The media type of a file by its first bytes, then by its name. What is shown in place is decided by this alone. */
export function mediaTypeOf(fileName: string, first: Bytes): string {
  const signed = SIGNATURES.find(({ offset, bytes }) => bytes.every((byte, i) => first[offset + i] === byte));
  if (signed) return signed.type;
  const named = EXTENSIONS[fileName.slice(fileName.lastIndexOf('.') + 1).toLowerCase()];
  // A name alone does not make a file of a kind that has a signature.
  const forged = named && SIGNATURES.some((signature) => signature.type === named);
  return named && !forged ? named : 'application/octet-stream';
}

/** The topic that a media type always gives. */
export function dataTypeTopic(mediaType: string): string {
  if (mediaType.startsWith('image/') || mediaType === 'application/dicom') return 'imaging';
  if (mediaType === 'application/fhir+json') return 'clinical data';
  return mediaType === 'text/csv' ? 'measurements' : 'document';
}
