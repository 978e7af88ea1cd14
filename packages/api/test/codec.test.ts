import { base64url, isSalusError, text } from '@salus/base';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { CBOR, decodeBody, encodeBody, JSON_TYPE } from '../src/codec.ts';
import { openApi } from '../src/openapi.ts';
import { routes } from '../src/routes/index.ts';
import { statusOf } from '../src/status.ts';
import { wire } from '../src/wire.ts';

const schema = z.strictObject({ bytes: wire.bytesUpTo(100), n: z.number() });

describe('bodies', () => {
  it('are the same in both encodings, by one schema', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 100 }), fc.nat(), (bytes, n) => {
        for (const type of [CBOR, JSON_TYPE]) {
          const decoded = decodeBody(type, encodeBody(type, { bytes, n }), 1_000);
          expect(schema.parse(decoded)).toEqual({ bytes, n });
        }
      }),
    );
  });

  it('in JSON carry bytes as base64url', () => {
    const bytes = Uint8Array.of(250, 251, 252);
    expect(text(encodeBody(JSON_TYPE, { bytes }))).toBe(`{"bytes":"${base64url(bytes)}"}`);
  });

  it('hostile bodies give our own codes', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), fc.constantFrom(CBOR, JSON_TYPE), (bytes, type) => {
        try {
          decodeBody(type, bytes, 200);
        } catch (thrown) {
          expect(isSalusError(thrown, 'encoding-malformed', 'encoding-oversized', 'encoding-fields')).toBe(true);
        }
      }),
    );
  });
});

describe('routes', () => {
  it('are named once each by method and path', () => {
    const named = Object.values(routes).map(({ method, path }) => `${method} ${path}`);
    expect(new Set(named).size).toBe(named.length);
  });

  it('all stand in the OpenAPI document, with their bytes as base64url text', () => {
    const { paths } = openApi('1') as { paths: Record<string, Record<string, { operationId: string }>> };
    const listed = Object.values(paths).flatMap((methods) =>
      Object.values(methods).map(({ operationId }) => operationId),
    );
    expect(listed.sort()).toEqual(Object.keys(routes).sort());
    expect(JSON.stringify(paths['/api/v1/lookups'])).toContain('"contentEncoding":"base64url"');
  });

  it('give a client’s mistakes 4xx and what the contracts refuse 422', () => {
    expect(statusOf('session-expired')).toBe(401);
    expect(statusOf('clouds-unavailable')).toBe(503);
    expect(statusOf('request-expired')).toBe(422);
  });
});
