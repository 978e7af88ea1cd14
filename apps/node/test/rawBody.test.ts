import { once } from 'node:events';
import { createServer, type IncomingMessage, request } from 'node:http';
import type { AddressInfo } from 'node:net';
import { isSalusError } from '@salus/base';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { BODY_LIMIT_BYTES, readRawBody, releaseRawBody } from '../src/rawBody.ts';

let handle: (payload: IncomingMessage) => Promise<string>;
const server = createServer(async (payload, reply) => reply.end(await handle(payload)));
beforeEach(async () => {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
});
afterEach(() => new Promise((resolve) => server.close(resolve)));

/** Sends a body and gives the answer; without a length, in chunks. */
async function send(body: Buffer, length?: number): Promise<string> {
  const { port } = server.address() as AddressInfo;
  const headers = length === undefined ? {} : { 'content-length': length };
  const sent = request({ port, host: '127.0.0.1', method: 'POST', headers });
  sent.end(body);
  const [answer] = (await once(sent, 'response')) as [IncomingMessage];
  let text = '';
  for await (const piece of answer) text += piece;
  return text;
}

const body = (sizeBytes: number, fill: number) => Buffer.alloc(sizeBytes, fill);
const codeOf = (thrown: unknown) => (isSalusError(thrown) ? thrown.code : String(thrown));

describe('bodies of bytes as they are', () => {
  it('arrive whole, of any size, one after the other in the same array', async () => {
    const arrays = new Set<ArrayBufferLike>();
    handle = async (payload) => {
      const read = await readRawBody(payload);
      const [first] = read;
      const whole = read.every((byte) => byte === first);
      if (read.length > 1_000_000) arrays.add(read.buffer);
      releaseRawBody(read);
      return `${read.length} of ${first}: ${whole}`;
    };
    for (const [fill, size] of [1, 4_000_000, 100, 3_999_999, 4_100_000, 70_000].entries())
      expect(await send(body(size, fill), size)).toBe(`${size} of ${fill}: true`);
    expect(arrays.size).toBe(1);
  });

  it('never lie in an array that somebody still looks at', async () => {
    const held: Buffer[] = [];
    handle = async (payload) => {
      held.push(await readRawBody(payload));
      return 'held';
    };
    for (const fill of [1, 2, 3, 4, 5]) await send(body(2_000_000, fill), 2_000_000);
    expect(held.map((read) => [read[0], read[1_999_999]])).toEqual([1, 2, 3, 4, 5].map((fill) => [fill, fill]));
    for (const read of held) releaseRawBody(read);
    // Given back twice, an array is still one.
    for (const read of held) releaseRawBody(read);
    held.length = 0;
    for (const fill of [6, 7, 8, 9]) await send(body(2_000_000, fill), 2_000_000);
    expect(held.map((read) => read[0])).toEqual([6, 7, 8, 9]);
  });

  it('beyond the limit are refused, declared or not', async () => {
    handle = (payload) => readRawBody(payload).then(() => 'taken', codeOf);
    const large = body(BODY_LIMIT_BYTES + 1, 7);
    expect(await send(large, large.length)).toBe('body-oversized');
    expect(await send(large)).toBe('body-oversized');
    expect(await send(large.subarray(1))).toBe('taken');
  });
});
