import { CBOR, encodeBody, JSON_TYPE, type Route, routes } from '@salus/api';
import { utf8 } from '@salus/base';
import { type Device, verifyLedger } from '@salus/sdk';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { asJson, bodyOf, type JsonSchema, type Known } from '../src/arbitraryBody.ts';
import { everybodyAtWork } from '../src/everybody.ts';
import { Hospital } from '../src/hospital.ts';
import { codeOf, send, tokenOf } from '../src/http.ts';
import { trafficOf } from '../src/intercepted.ts';
import { readAll } from '../src/sharing.ts';

const RUNS = 100;
const SEED = 20_260_302;

let hospital: Hospital;
let people: Device[];
let known: Known;
let document: { paths: Record<string, Record<string, Described>> };

interface Described {
  operationId: string;
  parameters?: { name: string; in: string; schema: JsonSchema }[];
  requestBody?: { content: Record<string, { schema: JsonSchema }> };
}

beforeAll(async () => {
  hospital = await Hospital.open();
  known = await trafficOf(async () => {
    people = await everybodyAtWork(hospital);
  });
  document = (await (await fetch(`${hospital.url}/api/openapi.json`)).json()) as typeof document;
});
afterAll(() => hospital.stop());

const describedAs = (name: string): Described =>
  Object.values(document.paths)
    .flatMap((path) => Object.values(path))
    .find(({ operationId }) => operationId === name)!;

/** A schema of everything that a caller of a route chooses. */
function chosen({ parameters = [], requestBody }: Described) {
  const object = (place: string): JsonSchema => {
    const named = parameters.filter((one) => one.in === place);
    return { type: 'object', properties: Object.fromEntries(named.map(({ name, schema }) => [name, schema])) };
  };
  const path = object('path');
  path.required = Object.keys(path.properties ?? {});
  return { path, query: object('query'), body: requestBody?.content[JSON_TYPE]?.schema };
}

interface Request {
  path: Record<string, unknown>;
  query: Record<string, unknown>;
  body: unknown;
  json: boolean;
  caller: number;
}

/** Streams that go on for ever are left behind their heads. */
async function request(route: Route, { path, query, body, json, caller }: Request) {
  const filled = route.path.replace(/:(\w+)/g, (_, name: string) => encodeURIComponent(String(path[name])) || '_');
  const search = new URLSearchParams(Object.entries(query ?? {}).map(([name, value]) => [name, String(value)]));
  const bytes = json ? utf8(asJson(body)) : encoded(body);
  const device = people[caller];
  const token = device && (await tokenFor(device, route));
  return send(hospital.url, `${filled}${route.method === 'GET' ? `?${search}` : ''}`, {
    method: route.method,
    token,
    endless: route === routes.events,
    ...(route.method === 'GET' ? {} : { body: bytes, type: json ? JSON_TYPE : CBOR }),
  });
}

/** What has no canonical form is sent as JSON text under the wrong name: that must be refused, too. */
function encoded(body: unknown): Uint8Array {
  try {
    return encodeBody(CBOR, body);
  } catch {
    return utf8(asJson(body));
  }
}

const tokens = new Map<Device, string>();
async function tokenFor(device: Device, route: Route): Promise<string> {
  const held = tokens.get(device);
  if (held && route !== routes.closeSession) return held;
  const token = await tokenOf(device);
  tokens.set(device, token);
  return token;
}

describe('two hundred bodies of any kind', () => {
  it.each(Object.keys(routes))('to %s get an answer or an error of ours', async (name) => {
    const route: Route = routes[name as keyof typeof routes];
    const { path, query, body } = chosen(describedAs(name));
    const requests = fc.record({
      path: bodyOf(path, known).filter((one) => typeof one === 'object' && one !== null),
      query: bodyOf(query, known).filter((one) => typeof one === 'object' && one !== null),
      body: body ? bodyOf(body, known) : fc.constant({}),
      json: fc.boolean(),
      caller: fc.integer({ min: 0, max: people.length }),
    }) as fc.Arbitrary<Request>;
    await fc.assert(
      fc.asyncProperty(requests, async (chosenNow) => {
        const answer = await request(route, chosenNow);
        expect(answer.status).not.toBe(500);
        if (answer.status >= 400 && answer.body !== undefined) codeOf(answer);
      }),
      { numRuns: RUNS, seed: SEED },
    );
  });

  it('leave the node as it was: it verifies, and what was there opens', async () => {
    const { logSize } = await verifyLedger(hospital.operator);
    expect(logSize).toBe(hospital.node.context.ledger.head().logSize);
    expect(await readAll(people[2]!, 'known')).toEqual(['Known to everybody']);
  });
});
