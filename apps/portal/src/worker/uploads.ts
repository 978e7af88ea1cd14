import { refusal } from './failure.ts';

interface Upload {
  gate: Promise<void>;
  open: () => void;
  cancelled: boolean;
}

const uploads = new Map<string, Upload>();

export function begin(task: string): void {
  uploads.set(task, { gate: Promise.resolve(), open: () => {}, cancelled: false });
}

export const end = (task: string): void => void uploads.delete(task);

/** Holds an upload at its next piece. What was sent stays sent. */
export function pause(task: string): void {
  const upload = uploads.get(task);
  if (upload)
    upload.gate = new Promise((resolve) => {
      upload.open = resolve;
    });
}

export const proceed = (task: string): void => uploads.get(task)?.open();

export function cancel(task: string): void {
  const upload = uploads.get(task);
  if (!upload) return;
  upload.cancelled = true;
  upload.open();
}

/** A file's bytes, as fast as the upload may go on. */
export async function* piecesOf(file: File, task: string): AsyncGenerator<Uint8Array> {
  const upload = uploads.get(task);
  for await (const bytes of file.stream() as unknown as AsyncIterable<Uint8Array>) {
    await upload?.gate;
    if (upload?.cancelled)
      throw refusal('upload-stopped', 'You stopped this.', 'Nothing was saved. Add the file again when you like.');
    yield bytes;
  }
}
