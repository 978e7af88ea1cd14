import assert from 'node:assert/strict';
import type { IncomingMessage } from 'node:http';
import { isSalusError, utf8 } from '@salus/base';
import { checkTold } from '@salus/testkit';
import { Front, type FrontAnswer } from '@salus/testkit/servers';
import { it } from 'vitest';
import { gather } from '../../src/index.ts';
import type { DriverCase, DriverRoom, StartedServer, Tried } from './driverCase.ts';

/** What a driver over HTTPS says of where its server is. */
export interface HttpServer extends StartedServer {
  tls: boolean;
}

type At = (port: number) => object;

/** Puts a front that speaks TLS before a server. */
export const frontOf = async (
  room: DriverRoom,
  { port, tls }: HttpServer,
  certified: 'good' | 'expired' | 'stranger',
  answer?: (request: IncomingMessage) => FrontAnswer | undefined,
): Promise<Front> =>
  room.later(await Front.open({ certified: room.certificates[certified], port, tls, ...(answer && { answer }) }));

/** Certificates that must be refused, and the private authority that is not trusted unless named. */
export const certificateRefusals = <Server extends HttpServer>(at: At): DriverCase<Server>['refusals'] => ({
  'an expired certificate': {
    code: 'store-certificate',
    changes: async (server, room) => at((await frontOf(room, server, 'expired')).port),
  },
  'an authority that is not the one named': {
    code: 'store-certificate',
    changes: async (server, room) => at((await frontOf(room, server, 'stranger')).port),
  },
  'a private authority that nobody named': {
    code: 'store-certificate',
    changes: () => ({ caFile: undefined }),
  },
});

/** Claims of drivers over HTTPS about servers that are busy, or that lie. */
export function httpClaims<Server extends HttpServer>(tried: () => Tried<Server>, at: At, secrets: string[]): void {
  for (const status of [429, 503])
    it(`waits as long as a server asks that answers ${status}`, async () => {
      const { room, server, open } = tried();
      let refusals = 0;
      const front = await frontOf(room, server, 'good', () =>
        refusals > 0 && refusals-- ? { status, headers: { 'retry-after': '7' }, body: 'busy' } : undefined,
      );
      const store = await open(at(front.port));
      for (const work of [
        () => store.put('a', utf8('a')),
        () => store.list({ limit: 5 }),
        () => gather(store.get('a'), 5),
        () => store.delete('a'),
      ]) {
        room.clock.waitsMs.length = 0;
        refusals = 1;
        await work();
        assert.ok(room.clock.waitsMs.includes(7_000), `waits of ${room.clock.waitsMs}`);
      }
      refusals = 1000;
      room.clock.waitsMs.length = 0;
      await assert.rejects(store.list({ limit: 5 }), (thrown) => isSalusError(thrown, 'store-throttled'));
      // Three tries have two pauses.
      assert.equal(room.clock.waitsMs.filter((waitMs) => waitMs === 7_000).length, 2);
      await store.close();
    });

  it('gives only errors of ours for hostile answers', async () => {
    const { room, server, open } = tried();
    let answer: FrontAnswer = { status: 200 };
    const front = await frontOf(room, server, 'good', () => answer);
    const store = await open(at(front.port));
    for (answer of HOSTILE) {
      const outcomes = await Promise.allSettled([
        store.list({ limit: 5 }),
        gather(store.get('a', { offset: 3, lengthBytes: 4 }), 4),
        gather(store.get('a'), 1_000_000),
        store.putIfAbsent('a', utf8('a')),
        store.delete('a'),
      ]);
      for (const outcome of outcomes) {
        if (outcome.status === 'fulfilled') continue;
        assert.ok(isSalusError(outcome.reason), `${answer.status} ${answer.body}: ${(outcome.reason as Error)?.stack}`);
        checkTold(outcome.reason, [...secrets, 'canary']);
      }
      const [listed, ranged] = outcomes;
      if (listed?.status === 'fulfilled') assert.deepEqual(listed.value, []);
      if (ranged?.status === 'fulfilled') assert.ok((ranged.value as Uint8Array).length <= 4);
    }
    await store.close();
  });
}

const XML = { 'content-type': 'application/xml' };
const HOSTILE: FrontAnswer[] = [
  { status: 200, body: 'not what was asked for: canary' },
  { status: 206, body: '0123456789canary' },
  { status: 206, headers: { 'content-range': 'bytes 3-6/10' }, body: '0123456789canary' },
  { status: 207, headers: XML, body: '<multistatus><response><href>/canary</href>' },
  { status: 207, headers: XML, body: '<?xml version="1.0"?><!DOCTYPE a [<!ENTITY b "canary">]><a>&b;</a>' },
  { status: 200, headers: XML, body: `<ListBucketResult>${'<a>'.repeat(5_000)}` },
  { status: 200, headers: XML, body: '<ListBucketResult><Contents><Key>../CANARY</Key></Contents></ListBucketResult>' },
  {
    status: 200,
    headers: { 'content-type': 'application/json' },
    body: '{"items":[{"name":7},null],"nextPageToken":"canary"}',
  },
  { status: 200, headers: { 'content-type': 'application/json' }, body: '[[[' },
  { status: 302, headers: { location: 'https://127.0.0.1:9/canary' } },
  { status: 400, headers: XML, body: '<Error><Code>canary is here</Code><Message>canary</Message></Error>' },
  { status: 401, body: 'canary' },
  { status: 404, body: Buffer.alloc(100_000, 'canary') },
  { status: 418, body: '' },
  { status: 500, headers: { 'retry-after': 'canary' }, body: 'canary' },
  { status: 503, headers: { 'retry-after': '99999999999999' }, body: 'canary' },
];
