import { CBOR, encodeBody, JSON_TYPE, RAW, type Route, type RouteName, routes } from '@salus/api';
import type { Bytes } from '@salus/base';
import { type Device, verifyLedger } from '@salus/sdk';
import { Dice, hostileInputs } from '@salus/testkit';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Captured, capturedBodies } from '../src/capturedBodies.ts';
import { everybodyAtWork } from '../src/everybody.ts';
import { Hospital } from '../src/hospital.ts';
import { codeOf, send, tokenOf } from '../src/http.ts';
import { readAll } from '../src/sharing.ts';

/** Requests to each route; with SALUS_HOSTILE another number: 100,000 take some two hours. */
const COUNT = Number(process.env.SALUS_HOSTILE ?? 200);
const PARALLEL = 16;
const TIMEOUT_MS = 120_000 + COUNT * 50;
/** What a process may come to hold of requests that are refused. */
const GROWTH_LIMIT_BYTES = 512 * 1024 * 1024;

let hospital: Hospital;
let people: Device[];
let captured: Map<RouteName, Captured[]>;
const tokens = new Map<Device, string>();

beforeAll(async () => {
  hospital = await Hospital.open();
  captured = await capturedBodies(async () => {
    people = await everybodyAtWork(hospital);
  });
});
afterAll(() => hospital.stop());

/** Valid bodies of a route, in both encodings; of one that nobody called, an empty one. */
function samplesOf(name: RouteName, route: Route): Bytes[] {
  const bodies = (captured.get(name) ?? [{ body: {} }]).slice(-12).map(({ body }) => body);
  if (route.raw) return bodies as Bytes[];
  return bodies.flatMap((body) => [encodeBody(CBOR, body), encodeBody(JSON_TYPE, body)]);
}

const anyText = (bytes: Bytes): string => Buffer.from(bytes).toString('latin1').slice(0, 300);

/** A path with what was asked for there, or with anything. */
function pathOf(name: RouteName, route: Route, input: Bytes, dice: Dice): string {
  const params = dice.pick(captured.get(name) ?? [{ body: {}, params: {} }]).params;
  return route.path.replace(/:(\w+)/g, (_, param: string) => {
    const asked = dice.below(2) === 0 ? params[param] : undefined;
    return encodeURIComponent(asked ?? anyText(input)) || '_';
  });
}

/** A query with the fields that devices ask with, each perhaps with anything in it, or with a field that nobody knows. */
function queryOf(name: RouteName, input: Bytes, dice: Dice): string {
  const { body } = dice.pick(captured.get(name) ?? [{ body: {}, params: {} }]);
  const fields = Object.entries((body ?? {}) as Record<string, unknown>).map(([field, value]) => [
    field,
    dice.below(2) === 0 ? String(value) : anyText(input),
  ]);
  if (dice.below(3) === 0) fields.push([dice.pick(['after', 'from', 'note', '__proto__']), anyText(input)]);
  return `?${new URLSearchParams(fields as [string, string][])}`;
}

async function tokenFor(device: Device | undefined): Promise<string | undefined> {
  if (!device) return undefined;
  if (!tokens.has(device)) tokens.set(device, await tokenOf(device));
  return tokens.get(device);
}

/** Sends one, and wants an answer or an error of ours. Gives the error's code. */
async function refusedOrAnswered(name: RouteName, input: Bytes, dice: Dice): Promise<string | undefined> {
  const route: Route = routes[name];
  const reads = route.method === 'GET';
  const device = dice.pick([...people, undefined]);
  const path = pathOf(name, route, input, dice) + (reads ? queryOf(name, input, dice) : '');
  const type = dice.below(50) === 0 ? anyType(dice) : route.raw ? RAW : looksLikeJson(input) ? JSON_TYPE : CBOR;
  const token = await tokenFor(device);
  const answer = await send(hospital.url, path, {
    method: route.method,
    token,
    endless: name === 'events',
    ...(reads ? {} : { body: input, type }),
  });
  if (answer.status < 400) return undefined;
  const code = codeOf(answer);
  if (device && code === 'session-expired') tokens.delete(device);
  return code;
}

const anyType = (dice: Dice): string => dice.pick([CBOR, JSON_TYPE, RAW, 'text/plain', 'multipart/form-data', 'x']);
const looksLikeJson = (input: Bytes): boolean => input[0] === 0x7b;

describe(`${COUNT.toLocaleString('en')} hostile requests`, () => {
  it.each(Object.keys(routes) as RouteName[])(
    'to %s get an answer or an error of ours',
    async (name) => {
      const before = process.resourceUsage().maxRSS;
      const seed = `route ${name}`;
      const inputs = hostileInputs(samplesOf(name, routes[name]), seed);
      const codes = new Set<string | undefined>();
      for (let done = 0; done < COUNT; done += PARALLEL) {
        const batch = Array.from({ length: PARALLEL }, async (_, i) => {
          const input = inputs.next().value as Bytes;
          try {
            codes.add(await refusedOrAnswered(name, input, new Dice(`${seed} ${done + i}`)));
          } catch (thrown) {
            throw new Error(
              `request ${done + i} of seed ${seed}: ${String(thrown)}\n${Buffer.from(input).toString('hex').slice(0, 4_000)}`,
            );
          }
        });
        await Promise.all(batch);
      }
      expect(codes.size).toBeGreaterThan(1);
      expect((process.resourceUsage().maxRSS - before) * 1024).toBeLessThan(GROWTH_LIMIT_BYTES);
    },
    TIMEOUT_MS,
  );

  it('leave the node as it was: it verifies, and what was there opens', async () => {
    const { logSize } = await verifyLedger(hospital.operator);
    expect(logSize).toBe(hospital.node.context.ledger.head().logSize);
    expect(await readAll(people[2]!, 'known')).toEqual(['Known to everybody']);
    expect(await (await fetch(`${hospital.url}/health`)).json()).toMatchObject({ ok: true });
  });
});
