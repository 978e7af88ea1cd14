import type { Bytes } from '@salus/base';
import { letGo } from '@salus/schemes/keyless';
import type { Device } from './device.ts';
import { sdkError } from './errors.ts';

/** Hashes asked for in one request: 512 MiB of chunks of the mean size. */
const HASHES_PER_REQUEST = 512;
/** No frame is larger than a sealed chunk. */
const FRAME_LIMIT_BYTES = 8 * 1024 * 1024;

/**
 * Sealed chunks of a record in the order asked, each valid until the next is asked for. `read` names the operation that opened it;
 * an owner leaves it out.
 */
export async function* fetchParts(
  device: Device,
  of: { record: string; group: string; read?: string },
  hashes: readonly Bytes[],
): AsyncGenerator<Bytes> {
  const array = reused();
  for (let at = 0; at < hashes.length; at += HASHES_PER_REQUEST) {
    const stream = await device.client.stream('fetchChunks', {
      ...of,
      hashes: hashes.slice(at, at + HASHES_PER_REQUEST),
    });
    yield* frames(passing(stream), FRAME_LIMIT_BYTES, array);
  }
}

/** A stream of which nobody keeps a piece when they ask for the next: its memory is given back then. */
async function* passing(stream: AsyncIterable<Bytes>): AsyncGenerator<Bytes> {
  for await (const bytes of stream) {
    yield bytes;
    letGo(bytes);
  }
}

/** An array for a frame of so many bytes. */
type ArrayFor = (sizeBytes: number) => Bytes;

const fresh: ArrayFor = (sizeBytes) => new Uint8Array(sizeBytes);

/** One array for all frames, as large as the largest so far. */
function reused(): ArrayFor {
  let array = fresh(0);
  return (sizeBytes) => {
    if (array.length < sizeBytes) array = fresh(sizeBytes);
    return array.subarray(0, sizeBytes);
  };
}

/** Splits a stream into its frames: a length in 4 bytes before each. Throws `answer-dishonest` on a cut or oversized one. */
export async function* frames(
  stream: AsyncIterable<Bytes>,
  limitBytes = FRAME_LIMIT_BYTES,
  arrayFor: ArrayFor = fresh,
): AsyncGenerator<Bytes> {
  const head = new Uint8Array(HEAD_BYTES);
  let frame: Bytes = head;
  let filled = 0;
  for await (const bytes of stream) {
    for (let from = 0; from < bytes.length; ) {
      const size = Math.min(bytes.length - from, frame.length - filled);
      frame.set(bytes.subarray(from, from + size), filled);
      from += size;
      filled += size;
      if (frame === head && filled === HEAD_BYTES) {
        const sizeBytes = new DataView(head.buffer).getUint32(0);
        if (sizeBytes > limitBytes) throw sdkError('answer-dishonest', { why: 'a frame is too large' });
        [frame, filled] = [arrayFor(sizeBytes), 0];
      }
      if (frame === head || filled < frame.length) continue;
      yield frame;
      [frame, filled] = [head, 0];
    }
  }
  if (frame !== head || filled > 0) throw sdkError('answer-dishonest', { why: 'the answer was cut' });
}

const HEAD_BYTES = 4;
