import type { IncomingMessage } from 'node:http';
import { apiError, LIMITS } from '@salus/api';
import { letGo } from '@salus/schemes/keyless';

/** The largest body of bytes as they are: an upload request, and room for who counts differently. */
export const BODY_LIMIT_BYTES = LIMITS.requestBytes + 1_048_576;
/** Arrays are of two sizes: for the requests that our devices make, and for any that is allowed. */
const SIZES = [LIMITS.requestBytes / 2 + 65_536, BODY_LIMIT_BYTES];
// As many as one device has under way; more at once get arrays of their own.
const SPARE_LIMIT = 3;

const spare: ArrayBuffer[] = [];
const used = new WeakSet<ArrayBufferLike>();

/**
 * Reads a body of bytes as they are into an array that was used before: gathering and joining its pieces would cost two more
 * copies of every byte. Give it back with `releaseRawBody` once nothing looks at it any more. Throws `body-oversized`, and the stream's
 * failure where the connection ends before the body does.
 */
export async function readRawBody(payload: IncomingMessage): Promise<Buffer> {
  const declared = Number(payload.headers['content-length'] ?? BODY_LIMIT_BYTES);
  if (!(declared <= BODY_LIMIT_BYTES)) throw oversized();
  const body = declared <= SMALL_BYTES ? Buffer.alloc(declared) : Buffer.from(takeSpare(declared));
  let at = 0;
  try {
    // What is refused is still read to its end by the server: a connection that is cut tells the caller nothing.
    for await (const piece of payload.iterator({ destroyOnReturn: false })) {
      if (at + piece.length > body.length) throw oversized();
      at += piece.copy(body, at);
      letGo(piece);
    }
  } catch (thrown) {
    releaseRawBody(body);
    throw thrown;
  }
  return body.subarray(0, at);
}

/** Takes back the array of a body that was read here; does nothing with any other. */
export function releaseRawBody({ buffer }: Buffer): void {
  if (used.delete(buffer) && spare.length < SPARE_LIMIT) spare.push(buffer as ArrayBuffer);
}

function takeSpare(neededBytes: number): ArrayBuffer {
  const at = spare.findIndex(({ byteLength }) => byteLength >= neededBytes);
  const sizeBytes = SIZES.find((size) => size >= neededBytes)!;
  const array = at >= 0 ? spare.splice(at, 1)[0]! : new ArrayBuffer(sizeBytes);
  used.add(array);
  return array;
}

const SMALL_BYTES = 64 * 1024;

const oversized = () => apiError('body-oversized', { limitBytes: LIMITS.requestBytes });
