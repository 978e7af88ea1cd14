import { errorTable, SalusError } from '@salus/base';
import { z } from 'zod';

/** Errors that the HTTP edge itself gives. */
export const apiError = errorTable({
  'session-required': {
    message: () => 'This needs a session.',
    fix: 'Open a session with a device signature, then send its token.',
  },
  'session-expired': { message: () => 'The session has ended.', fix: 'Open a new session.' },
  'session-refused': {
    message: () => 'The signature does not open a session.',
    fix: 'Sign the newest challenge with a device of the account.',
  },
  'account-waiting': {
    message: () => 'The account is not activated yet.',
    fix: 'Wait until the operator has activated it.',
  },
  'account-closed': { message: (f) => `The account is ${f.status}.`, fix: 'Ask the operator.' },
  'sign-in-only': {
    message: () => 'A sign-in device may add a device and do nothing else.',
    fix: 'Add a device with it, then open a session with that one.',
  },
  'operator-only': { message: () => 'Only an operator may do this.', fix: 'Sign in as an operator.' },
  'route-unknown': { message: (f) => `There is nothing at ${f.path}.`, fix: 'See /api/openapi.json.' },
  'request-malformed': {
    message: () => 'What came cannot be read as a request.',
    fix: 'Send HTTP/1.1 with one length of the body, and see /api/openapi.json.',
  },
  'request-slow': {
    message: () => 'The request did not end in time.',
    fix: 'Send it again, in smaller parts if the line is slow.',
  },
  'headers-oversized': {
    message: (f) => `Address and headers are larger than ${f.limitBytes} bytes.`,
    fix: 'Send fewer, and what is long in the body.',
  },
  'body-oversized': {
    message: (f) => `The request is larger than ${f.limitBytes} bytes.`,
    fix: 'Send it in smaller parts.',
  },
  'media-type': {
    message: () => 'The body is neither CBOR nor JSON.',
    fix: 'Send application/cbor or application/json.',
  },
  'too-many-requests': {
    message: (f) => `Too many requests; try again in ${f.seconds} s.`,
    fix: 'Wait, then try again.',
  },
  internal: {
    message: (f) => `The node failed in a way it should not (${f.reference}).`,
    fix: 'Try again; tell the operator the reference if it stays.',
  },
  'node-unreachable': {
    message: (f) => `No answer from ${f.node}.`,
    fix: 'Check that the node runs and the address is right.',
  },
});

/** The error as sent. */
export const wireError = z.strictObject({
  code: z
    .string()
    .regex(/^[a-z]+(-[a-z]+)*$/)
    .max(64),
  message: z.string().max(4_096),
  fix: z.string().max(4_096),
  facts: z.record(z.string(), z.union([z.string(), z.number(), z.boolean()])),
});
export type WireError = z.output<typeof wireError>;

export const toWire = (error: SalusError): WireError => ({
  code: error.code,
  message: error.message,
  fix: error.fix,
  facts: error.facts,
});

export const fromWire = (error: WireError): SalusError =>
  new SalusError(error.code, error.message, error.fix, error.facts);
