import { base64url, encodeCanonical, utf8 } from '@salus/base';
import { hostileSuite } from '@salus/testkit';
import { describe, it } from 'vitest';
import { CBOR, decodeBody, JSON_TYPE } from '../src/index.ts';

const LIMIT_BYTES = 1 << 20;

const body = {
  operations: [new Uint8Array(80).fill(7)],
  letters: [{ to: 'a'.repeat(32), kind: 'request', sealed: new Uint8Array(40) }],
  after: 3,
  note: null,
  yes: true,
};
const asText = (_: string, value: unknown) => (value instanceof Uint8Array ? base64url(value) : value);

describe('the body of a request', () => {
  const suite = hostileSuite(
    [
      {
        what: 'CBOR',
        usual: 20_000,
        make: () => ({ samples: [encodeCanonical(body)], take: (bytes) => decodeBody(CBOR, bytes, LIMIT_BYTES) }),
      },
      {
        what: 'JSON',
        usual: 20_000,
        make: () => ({
          samples: [utf8(JSON.stringify(body, asText))],
          take: (bytes) => decodeBody(JSON_TYPE, bytes, LIMIT_BYTES),
        }),
      },
    ],
    process.env.SALUS_HOSTILE,
  );
  for (const { claim, check, timeoutMs } of suite) it(claim, check, timeoutMs);
});
