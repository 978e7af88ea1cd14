import { base64url } from '@salus/base';
import fc from 'fast-check';

/** A JSON schema as the node's OpenAPI document has it. */
export interface JsonSchema {
  type?: string;
  properties?: Record<string, JsonSchema>;
  required?: string[];
  items?: JsonSchema;
  minItems?: number;
  maxItems?: number;
  minimum?: number;
  maximum?: number;
  maxLength?: number;
  pattern?: string;
  enum?: unknown[];
  const?: unknown;
  anyOf?: JsonSchema[];
  contentEncoding?: string;
  description?: string;
}

/** Values that mean something to the node under test: ids that exist, operations that were signed. */
export interface Known {
  ids: readonly string[];
  bytes: readonly Uint8Array[];
}

/** Longer lists than this find no other faults and take long. */
const ITEMS_LIMIT = 3;
const BYTES_LIMIT = 200;

/** Bodies that mostly fit a schema, with values that exist among them; some with one part that does not fit, some of any shape. */
export const bodyOf = (schema: JsonSchema, known: Known): fc.Arbitrary<unknown> =>
  fc.oneof(
    { weight: 6, arbitrary: fitting(schema, known, 0) },
    { weight: 3, arbitrary: fitting(schema, known, 0.15) },
    { weight: 1, arbitrary: anything() },
  );

/** Numbers and keys that CBOR can carry in its canonical form. */
const anything = (): fc.Arbitrary<unknown> =>
  fc.anything({ values: [fc.string(), fc.integer(), fc.boolean(), fc.constant(null)], maxDepth: 2, maxKeys: 4 });

function fitting(schema: JsonSchema, known: Known, wrong: number): fc.Arbitrary<unknown> {
  const right = rightly(schema, known, wrong);
  const weight = Math.round(wrong * 100);
  return weight === 0
    ? right
    : fc.oneof({ weight: 100 - weight, arbitrary: right }, { weight, arbitrary: edges(schema) });
}

/** What sits at the edge of a field's form, or far from it. */
const edges = ({ maxLength }: JsonSchema): fc.Arbitrary<unknown> =>
  fc.oneof(
    anything(),
    fc.constantFrom<unknown>(0, -1, 2 ** 32, 2 ** 31, Number.MAX_SAFE_INTEGER, '', '\u0000', 'constructor', [], {}),
    fc.constant('x'.repeat((maxLength ?? 200) + 1)),
  );

function rightly(schema: JsonSchema, known: Known, wrong: number): fc.Arbitrary<unknown> {
  if (schema.const !== undefined) return fc.constant(schema.const);
  if (schema.enum) return fc.constantFrom(...schema.enum);
  if (schema.anyOf) return fc.oneof(...schema.anyOf.map((one) => fitting(one, known, wrong)));
  if (schema.contentEncoding === 'base64url') return bytesLike(schema, known);
  if (schema.type === 'object') return objects(schema, known, wrong);
  if (schema.type === 'array') {
    const { items = {}, minItems = 0, maxItems = ITEMS_LIMIT } = schema;
    return fc.array(fitting(items, known, wrong), {
      minLength: minItems,
      maxLength: Math.max(minItems, Math.min(maxItems, ITEMS_LIMIT)),
    });
  }
  if (schema.type === 'string') return texts(schema, known);
  if (schema.type === 'integer' || schema.type === 'number') return numbers(schema);
  if (schema.type === 'boolean') return fc.boolean();
  return anything();
}

function objects({ properties = {}, required = [] }: JsonSchema, known: Known, wrong: number) {
  const fields = Object.fromEntries(
    Object.entries(properties).map(([name, one]) => [name, fitting(one, known, wrong)]),
  );
  return fc.record(fields, { requiredKeys: required });
}

const isId = (pattern: string | undefined) => pattern?.includes('{32}') ?? false;

const texts = ({ pattern, maxLength = 40 }: JsonSchema, { ids }: Known): fc.Arbitrary<string> =>
  isId(pattern)
    ? fc.oneof(fc.constantFrom(...ids), fc.stringMatching(/^[0-9a-f]{32}$/))
    : pattern
      ? fc.stringMatching(new RegExp(pattern)).filter((text) => text.length <= (maxLength ?? 40))
      : fc.oneof(
          fc.string({ maxLength: Math.min(maxLength, 60) }),
          fc.constantFrom(...ids.map((id) => `account/${id}`)),
        );

const numbers = ({ minimum = 0, maximum = Number.MAX_SAFE_INTEGER }: JsonSchema): fc.Arbitrary<number> =>
  fc.oneof(
    fc.integer({ min: minimum, max: Math.min(maximum, minimum + 3) }),
    fc.maxSafeInteger().map((n) => Math.min(maximum, Math.max(minimum, Math.abs(n)))),
    fc.constantFrom(minimum, maximum),
  );

/** Byte fields say their length in their description; known bytes of that length are mixed in. */
function bytesLike({ description = '' }: JsonSchema, { bytes }: Known): fc.Arbitrary<Uint8Array> {
  const exact = /^(\d+) bytes$/.exec(description)?.[1];
  const length = exact ? Number(exact) : undefined;
  const fits = bytes.filter((known) => length === undefined || known.length === length);
  const random = fc.uint8Array(
    length === undefined ? { maxLength: BYTES_LIMIT } : { minLength: length, maxLength: length },
  );
  return fits.length === 0 ? random : fc.oneof(random, fc.constantFrom(...fits));
}

/** A body as JSON text has it: bytes in base64url. */
export const asJson = (value: unknown): string =>
  JSON.stringify(value, (_key, part) => (part instanceof Uint8Array ? base64url(part) : part)) ?? 'null';
