import { connect } from 'node:net';
import { encodeBody, JSON_TYPE, LIMITS } from '@salus/api';
import { concat, SalusError, utf8 } from '@salus/base';
import { tryHostile } from '@salus/testkit';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Hospital } from '../src/hospital.ts';
import { codeOf } from '../src/http.ts';

/** Connections of hostile bytes; with SALUS_HOSTILE another number. */
const COUNT = Number(process.env.SALUS_HOSTILE ?? 1_000);

let hospital: Hospital;
beforeAll(async () => {
  hospital = await Hospital.open();
});
afterAll(() => hospital.stop());

/** Sends bytes over a connection of their own, says that no more follow, and reads what comes until it ends. */
function answerTo(bytes: Uint8Array): Promise<Buffer> {
  const { hostname, port } = new URL(hospital.url);
  return new Promise((resolve, reject) => {
    const parts: Buffer[] = [];
    const socket = connect(Number(port), hostname, () => socket.end(bytes));
    socket.on('data', (part) => parts.push(part));
    // A connection may be cut while hostile bytes are still on their way.
    socket.on('error', (error: NodeJS.ErrnoException) =>
      error.code === 'ECONNRESET' || error.code === 'EPIPE' ? resolve(Buffer.concat(parts)) : reject(error),
    );
    socket.on('close', () => resolve(Buffer.concat(parts)));
  });
}

/** The first answer: its code where it is an error of ours, `answered` where it is none, `nothing` where none came. */
function outcomeOf(answer: Buffer): string {
  if (answer.length === 0) return 'nothing';
  const end = answer.indexOf('\r\n\r\n');
  const head = answer.subarray(0, end).toString('latin1');
  const status = Number(/^HTTP\/1\.1 (\d{3})/.exec(head)?.[1]);
  if (status < 400) return 'answered';
  const length = Number(/^content-length: (\d+)/im.exec(head)?.[1]);
  expect(head).toMatch(/^content-type: application\/json/im);
  return codeOf({ status, body: JSON.parse(answer.subarray(end + 4, end + 4 + length).toString()) });
}

const body = encodeBody(JSON_TYPE, { account: '0'.repeat(32) });
const lines = (...given: string[]) => utf8(`${given.join('\r\n')}\r\n\r\n`);
const CLOSE = 'connection: close';
const POST = 'POST /api/v1/session/challenge HTTP/1.1';
const request = (...headers: string[]) =>
  concat(lines(POST, 'host: here', CLOSE, `content-type: ${JSON_TYPE}`, ...headers), body);

const LENGTH = `content-length: ${body.length}`;

describe('bytes that are no request', () => {
  it.each([
    ['words', utf8('hello\r\n\r\n'), 'request-malformed'],
    ['another protocol', Uint8Array.of(0x16, 3, 1, 0, 200, 1, 0, 0, 196, 3, 3), 'request-malformed'],
    ['a version that is none', lines('GET / HTTP/9.9', CLOSE), 'request-malformed'],
    ['a header without a name', lines('GET / HTTP/1.1', ': nothing', CLOSE), 'request-malformed'],
    ['two lengths', request(LENGTH, 'content-length: 3'), 'request-malformed'],
    ['a length and pieces', request(LENGTH, 'transfer-encoding: chunked'), 'request-malformed'],
    ['pieces of no length', request('transfer-encoding: chunked'), 'request-malformed'],
    ['a body that ends early', request('content-length: 900'), 'request-malformed'],
    [
      'headers without end',
      lines('GET / HTTP/1.1', `x: ${'x'.repeat(LIMITS.headerBytes)}`, CLOSE),
      'headers-oversized',
    ],
    ['an address without end', lines(`GET /${'x'.repeat(LIMITS.headerBytes)} HTTP/1.1`, CLOSE), 'headers-oversized'],
    ['nobody to ask', lines('GET /health HTTP/1.1', CLOSE), 'answered'],
    ['an expectation of anything', lines('GET /health HTTP/1.1', 'host: h', 'expect: wonders', CLOSE), 'answered'],
    [
      'a change of protocol',
      lines('GET /nothing HTTP/1.1', 'upgrade: websocket', 'connection: upgrade, close'),
      'route-unknown',
    ],
    ['no address', lines('OPTIONS * HTTP/1.1', 'host: h', CLOSE), 'route-unknown'],
    ['a method nobody knows', lines('PROPFIND / HTTP/1.1', 'host: h', CLOSE), 'route-unknown'],
    ['a way through', lines('CONNECT elsewhere:443 HTTP/1.1', 'host: elsewhere', CLOSE), 'nothing'],
    ['nothing', new Uint8Array(0), 'nothing'],
  ])('%s, get an error of ours, or no answer', async (_, bytes, outcome) => {
    expect(outcomeOf(await answerTo(bytes))).toBe(outcome);
  });

  it(
    `near requests, ${COUNT.toLocaleString('en')} times, get an answer or an error of ours`,
    async () => {
      const samples = [
        request(LENGTH),
        lines('GET /health HTTP/1.1', 'host: h', CLOSE),
        concat(
          request('transfer-encoding: chunked').subarray(0, -body.length),
          utf8(`${body.length.toString(16)}\r\n`),
          body,
          utf8('\r\n0\r\n\r\n'),
        ),
      ];
      const take = async (bytes: Uint8Array) => {
        const outcome = outcomeOf(await answerTo(bytes));
        if (outcome === 'answered' || outcome === 'nothing') return outcome === 'answered';
        throw new SalusError(outcome, 'as the node answered', '');
      };
      const { taken, refused } = await tryHostile(
        { samples: [], near: samples, take, parallel: 16 },
        'unparsed',
        COUNT,
      );
      expect(refused.get('request-malformed')).toBeGreaterThan(0);
      expect(taken).toBeGreaterThan(0);
      expect(await (await fetch(`${hospital.url}/health`)).json()).toMatchObject({ ok: true });
    },
    120_000 + COUNT * 20,
  );
});
