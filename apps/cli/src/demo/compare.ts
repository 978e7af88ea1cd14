import { createReadStream } from 'node:fs';

const READ_BYTES = 1024 * 1024;

/** Whether content is a file's, byte for byte. Memory: a piece of each. */
export const isFile = (content: AsyncIterable<Uint8Array>, file: string): Promise<boolean> =>
  sameBytes(content, createReadStream(file, { highWaterMark: READ_BYTES }));

async function sameBytes(one: AsyncIterable<Uint8Array>, other: AsyncIterable<Uint8Array>): Promise<boolean> {
  const others = other[Symbol.asyncIterator]();
  let rest: Uint8Array = new Uint8Array(0);
  for await (let piece of one) {
    while (piece.length > 0) {
      if (rest.length === 0) {
        const next = await others.next();
        if (next.done) return false;
        rest = next.value;
      }
      const shared = Math.min(piece.length, rest.length);
      if (Buffer.compare(piece.subarray(0, shared), rest.subarray(0, shared)) !== 0) return false;
      piece = piece.subarray(shared);
      rest = rest.subarray(shared);
    }
  }
  return rest.length === 0 && (await others.next()).done === true;
}
