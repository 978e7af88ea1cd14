import { connect } from 'node:net';
import { CBOR, encodeBody } from '@salus/api';
import { type Bytes, concat, encodeCanonical, utf8 } from '@salus/base';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Hospital, type Person } from '../src/hospital.ts';
import { codeOf, send, tokenOf } from '../src/http.ts';

let hospital: Hospital;
let meera: Person;
let token: string;
beforeAll(async () => {
  hospital = await Hospital.open();
  meera = await hospital.patient('Meera Nair');
  token = await tokenOf(meera.device);
});
afterAll(() => hospital.stop());

const good = { keys: ['account'] };
const asking = async (body: Bytes, type?: string) =>
  codeOf(await send(hospital.url, '/ledger/state', { body, token, ...(type ? { type } : {}) }));

describe('a body', () => {
  it('with a field that nobody knows is refused, wherever it stands', async () => {
    expect((await send(hospital.url, '/ledger/state', { body: encodeBody(CBOR, good), token })).status).toBe(200);
    expect(await asking(encodeBody(CBOR, { ...good, note: 1 }))).toBe('encoding-fields');
    const nested = { operations: [], letters: [{ to: 'a'.repeat(32), kind: 'request', sealed: utf8('x'), note: 1 }] };
    expect(codeOf(await send(hospital.url, '/operations', { body: encodeBody(CBOR, nested), token }))).toBe(
      'encoding-fields',
    );
    const query = await send(hospital.url, '/letters?after=0&note=1', { method: 'GET', token });
    expect(codeOf(query)).toBe('encoding-fields');
  });

  it('with anything behind it is refused', async () => {
    expect(await asking(concat(encodeBody(CBOR, good), Uint8Array.of(0)))).toBe('encoding-malformed');
    expect(await asking(utf8(`${JSON.stringify(good)}x`), 'application/json')).toMatch(/^encoding-/);
  });

  it('in any but the one canonical form is refused', async () => {
    const keys = encodeCanonical(['account']);
    const map = (head: number[], value: Bytes) => concat(Uint8Array.of(...head), utf8('keys'), value);
    expect(await asking(map([0xa1, 0x64], keys).slice(0, -1))).toBe('encoding-malformed');
    // The map's length in two bytes, an indefinite map, and a float where a number is wanted.
    expect(await asking(map([0xb8, 0x01, 0x64], keys))).toBe('encoding-malformed');
    expect(await asking(concat(map([0xbf, 0x64], keys), Uint8Array.of(0xff)))).toBe('encoding-malformed');
    expect(await asking(map([0xa1, 0x64], Uint8Array.of(0xf9, 0x3c, 0x00)))).toBe('encoding-malformed');
    const twice = concat(Uint8Array.of(0xa2, 0x64), utf8('keys'), keys, Uint8Array.of(0x64), utf8('keys'), keys);
    expect(await asking(twice)).toBe('encoding-malformed');
  });

  it('of another type, or of a type it is not, is refused', async () => {
    expect(await asking(encodeBody(CBOR, good), 'text/plain')).toBe('media-type');
    expect(await asking(encodeBody(CBOR, good), 'application/json')).toMatch(/^encoding-/);
    expect(await asking(utf8(JSON.stringify(good)))).toBe('encoding-malformed');
    expect(await asking(utf8('{"keys":'), 'application/json')).toMatch(/^encoding-/);
    expect(await asking(utf8('{"__proto__":{"keys":["a"]},"constructor":1}'), 'application/json')).toBe(
      'encoding-fields',
    );
  });

  it('nested ten thousand deep is refused', async () => {
    expect(await asking(new Uint8Array(10_000).fill(0x81))).toBe('encoding-malformed');
    const lists = concat(new Uint8Array(10_000).fill(0x81), Uint8Array.of(0));
    expect(await asking(lists)).toMatch(/^encoding-/);
    expect(await asking(utf8(`${'['.repeat(10_000)}${']'.repeat(10_000)}`), 'application/json')).toMatch(/^encoding-/);
  });

  it('nowhere: an unknown path and an unknown method are answered in the same form', async () => {
    expect(codeOf(await send(hospital.url, '/nothing/here'))).toBe('route-unknown');
    expect(codeOf(await send(hospital.url, '/operations', { method: 'GET' }))).toBe('route-unknown');
    expect(codeOf(await send(hospital.url, '/records/%2e%2e/%00/stored', { method: 'GET', token }))).toMatch(
      /^(route-unknown|slots-not-yours)$/,
    );
  });
});

describe('a declared length of 3 GB', () => {
  const DECLARED_BYTES = 3 * 1024 ** 3;

  /** Peak memory of this process, in which the node runs, grows by less than a hundredth of what was declared. */
  async function withoutAllocating(run: () => Promise<void>): Promise<void> {
    const peakKb = () => process.resourceUsage().maxRSS;
    const before = peakKb();
    await run();
    expect((peakKb() - before) * 1024).toBeLessThan(DECLARED_BYTES / 100);
  }

  /** What is answered to a request that stops behind its head. */
  const answerTo = (head: string): Promise<string> =>
    new Promise((resolve, reject) => {
      const { hostname, port } = new URL(hospital.url);
      const socket = connect(Number(port), hostname, () => socket.write(head));
      let answer = '';
      socket.on('data', (bytes) => {
        answer += bytes.toString('latin1');
        socket.destroy();
      });
      socket.on('close', () => resolve(answer));
      socket.on('error', reject);
    });

  it('of a request is refused at its head', async () => {
    await withoutAllocating(async () => {
      const head = `POST /api/v1/operations HTTP/1.1\r\nhost: x\r\nauthorization: Bearer ${token}\r\ncontent-type: ${CBOR}\r\n`;
      const answer = await answerTo(`${head}content-length: ${DECLARED_BYTES}\r\n\r\n`);
      expect(answer).toMatch(/^HTTP\/1\.1 413 /);
    });
  });

  it('of a byte string, a text, a list or a map inside a body is refused', async () => {
    const length = [0, 0, 0, 0, 0xc0, 0, 0, 0];
    await withoutAllocating(async () => {
      for (const head of [0x5b, 0x7b, 0x9b, 0xbb]) {
        const value = Uint8Array.of(head, ...length);
        expect(await asking(value)).toBe('encoding-malformed');
        expect(await asking(concat(Uint8Array.of(0xa1, 0x64), utf8('keys'), value))).toBe('encoding-malformed');
        const body = encodeBody(CBOR, { operations: [value], letters: [] });
        expect(codeOf(await send(hospital.url, '/operations', { body, token }))).toBe('encoding-malformed');
      }
    });
  });
});
