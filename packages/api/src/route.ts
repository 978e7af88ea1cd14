import type { z } from 'zod';

/** Who may call: anyone; a session of any account; a session of an active account; an operator's session. */
export type Access = 'public' | 'session' | 'active' | 'operator';

/** One route, declared once for the node's server, the sdk's client and the OpenAPI document. */
export interface Route<Body extends z.ZodType = z.ZodType, Reply extends z.ZodType = z.ZodType> {
  method: 'GET' | 'POST' | 'PUT' | 'DELETE';
  /** Below /api/v1, with `:name` parameters. */
  path: string;
  access: Access;
  summary: string;
  /** The body of POST and PUT; the query string of GET. */
  body: Body;
  /** The reply, or `stream` where the answer is a stream of framed bytes. */
  reply: Reply;
  streams?: boolean;
  /** The body is bytes as they are (application/octet-stream). */
  raw?: boolean;
  /** Calls a minute from one address, where fewer than the general limit are needed. */
  perMinute?: number;
}

/** Keeps the exact types of a route's schemas. */
export const route = <Body extends z.ZodType, Reply extends z.ZodType>(declared: Route<Body, Reply>) => declared;

export type BodyOf<R> = R extends Route<infer Body, z.ZodType> ? z.input<Body> : never;
export type ParsedBodyOf<R> = R extends Route<infer Body, z.ZodType> ? z.output<Body> : never;
export type ReplyOf<R> = R extends Route<z.ZodType, infer Reply> ? z.output<Reply> : never;
