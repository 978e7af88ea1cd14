import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';

/** SHA-256 of a stream, for comparing files of any size byte for byte. */
export async function hashOf(stream: AsyncIterable<Uint8Array>): Promise<string> {
  const hash = createHash('sha256');
  for await (const bytes of stream) hash.update(bytes);
  return hash.digest('hex');
}

export const hashOfFile = (file: string): Promise<string> =>
  hashOf(createReadStream(file, { highWaterMark: 1024 * 1024 }));
