import { type Bytes, concat } from '@salus/base';
import type { Device } from './device.ts';
import { sdkError } from './errors.ts';

/** Hashes asked for in one request: 512 MiB of chunks of the mean size. */
const HASHES_PER_REQUEST = 512;
/** No frame is larger than a sealed chunk. */
const FRAME_LIMIT_BYTES = 8 * 1024 * 1024;

/** Sealed chunks of a record in the order asked. `read` names the operation that opened it; an owner leaves it out. */
export async function* fetchParts(
  device: Device,
  of: { record: string; group: string; read?: string },
  hashes: readonly Bytes[],
): AsyncGenerator<Bytes> {
  for (let at = 0; at < hashes.length; at += HASHES_PER_REQUEST) {
    const stream = await device.client.stream('fetchChunks', {
      ...of,
      hashes: hashes.slice(at, at + HASHES_PER_REQUEST),
    });
    yield* frames(stream);
  }
}

/** Pieces of a frame kept apart at most, so that a stream of single bytes costs no more memory than the frame. */
const PIECES_LIMIT = 256;

/**
 * Splits a stream into its frames: a length in 4 bytes before each. Throws `answer-dishonest` on a cut or oversized one, the
 * latter as soon as its length is there.
 */
export async function* frames(stream: AsyncIterable<Bytes>, limitBytes = FRAME_LIMIT_BYTES): AsyncGenerator<Bytes> {
  let held: Bytes[] = [];
  let length = 0;
  for await (const bytes of stream) {
    held.push(bytes);
    length += bytes.length;
    if (held.length > PIECES_LIMIT) held = [concat(...held)];
    for (let size = frameLength(held, length); size !== undefined; size = frameLength(held, length)) {
      if (size > limitBytes) throw sdkError('answer-dishonest', { why: 'a frame is too large' });
      if (length < 4 + size) break;
      const whole = held.length === 1 ? held[0]! : concat(...held);
      yield whole.subarray(4, 4 + size);
      const rest = whole.subarray(4 + size);
      held = rest.length > 0 ? [rest] : [];
      length = rest.length;
    }
  }
  if (length > 0) throw sdkError('answer-dishonest', { why: 'the answer was cut' });
}

function frameLength(held: Bytes[], length: number): number | undefined {
  if (length < 4) return undefined;
  const [first] = held;
  const start = first!.length >= 4 ? first! : concat(...held);
  return new DataView(start.buffer, start.byteOffset).getUint32(0);
}
