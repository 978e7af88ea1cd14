import { z } from 'zod';
import type { Route } from './route.ts';
import { routes } from './routes/index.ts';
import { wireError } from './routes/records.ts';

/** The OpenAPI 3.1 document of all routes, made from the schemas that the node checks with. */
export function openApi(version: string) {
  const paths: Record<string, Record<string, unknown>> = {};
  for (const [name, route] of Object.entries(routes as Record<string, Route>)) {
    const path = `/api/v1${route.path.replace(/:(\w+)/g, '{$1}')}`;
    paths[path] = { ...paths[path], [route.method.toLowerCase()]: operationOf(name, route) };
  }
  return {
    openapi: '3.1.0',
    info: { title: 'Salus', version, description: 'Bodies are CBOR or JSON; bytes are base64url in JSON.' },
    paths,
    components: { securitySchemes: { session: { type: 'http', scheme: 'bearer' } } },
  };
}

function operationOf(name: string, route: Route) {
  const parameters = [...route.path.matchAll(/:(\w+)/g)].map(([, parameter]) => ({
    name: parameter,
    in: 'path',
    required: true,
    schema: { type: 'string' },
  }));
  const query = route.method === 'GET' ? queryOf(route.body) : [];
  return {
    operationId: name,
    summary: route.summary,
    ...(route.access === 'public' ? {} : { security: [{ session: [] }] }),
    ...(parameters.length + query.length > 0 ? { parameters: [...parameters, ...query] } : {}),
    ...(route.method === 'GET'
      ? {}
      : { requestBody: { content: route.raw ? { 'application/octet-stream': {} } : contentOf(route.body, 'input') } }),
    responses: {
      200: {
        description: 'Done',
        content: route.streams ? { 'application/octet-stream': {} } : contentOf(route.reply, 'output'),
      },
      default: { description: 'Refused', content: contentOf(wireError, 'output') },
    },
  };
}

const schemaOf = (schema: z.ZodType, io: 'input' | 'output') => {
  const { $schema: _, ...rest } = z.toJSONSchema(schema, { io, unrepresentable: 'any', override: describeBytes });
  return rest;
};

/** Bytes have no JSON type of their own: text in base64url. */
function describeBytes({
  zodSchema,
  jsonSchema,
}: {
  zodSchema: z.core.$ZodTypes;
  jsonSchema: z.core.JSONSchema.BaseSchema;
}): void {
  if (zodSchema._zod.def.type === 'custom') Object.assign(jsonSchema, { type: 'string', contentEncoding: 'base64url' });
}

const contentOf = (schema: z.ZodType, io: 'input' | 'output') => {
  const described = { schema: schemaOf(schema, io) };
  return { 'application/json': described, 'application/cbor': described };
};

function queryOf(body: z.ZodType) {
  const { properties = {}, required = [] } = schemaOf(body, 'input') as {
    properties?: Record<string, unknown>;
    required?: string[];
  };
  return Object.entries(properties).map(([name, schema]) => ({
    name,
    in: 'query',
    required: required.includes(name),
    schema,
  }));
}
