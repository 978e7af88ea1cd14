import { once } from 'node:events';
import { Agent, type IncomingMessage, request } from 'node:http';
import { buffer } from 'node:stream/consumers';
import { CBOR, decodeBody, encodeBody } from '@salus/api';
import type { Bytes } from '@salus/base';
import { sessionMessage, sign } from '@salus/schemes/keyless';
import type { Device } from '@salus/sdk';
import { expect } from 'vitest';

export interface Sent {
  method?: string;
  body?: Bytes;
  type?: string;
  token?: string | undefined;
  /** An answer that never ends: it is left as soon as it has begun, and an error is read. */
  endless?: boolean;
}

export interface Answered {
  status: number;
  body: unknown;
}

const REPLY_LIMIT_BYTES = 64 * 1024 * 1024;

/** Connections are used again: hostile requests come by the hundred thousand, and `fetch` takes as long as the server does. */
const agent = new Agent({ keepAlive: true });

/** Sends bytes as they are, past everything that the sdk would check, and reads the answer. */
export async function send(
  url: string,
  path: string,
  { method = 'POST', body, type = CBOR, token, endless }: Sent = {},
): Promise<Answered> {
  const headers = {
    accept: CBOR,
    ...(body ? { 'content-type': type, 'content-length': body.length } : {}),
    ...(token ? { authorization: `Bearer ${token}` } : {}),
  };
  const outgoing = request(`${url}/api/v1${path}`, { method, headers, agent });
  // A server that has answered need not take the rest; what fails before its answer is thrown below.
  outgoing.on('error', () => {});
  outgoing.end(body);
  const [incoming] = (await once(outgoing, 'response')) as [IncomingMessage];
  const status = incoming.statusCode!;
  if (endless && status < 300) {
    outgoing.destroy();
    return { status, body: undefined };
  }
  const bytes = new Uint8Array(await buffer(incoming));
  const answerType = incoming.headers['content-type'] ?? '';
  const streamed = status < 300 && !answerType.startsWith(CBOR);
  return { status, body: streamed ? bytes : decodeBody(answerType, bytes, REPLY_LIMIT_BYTES) };
}

/** The same with a value, encoded. */
export const sendValue = (url: string, path: string, value: unknown, token?: string): Promise<Answered> =>
  send(url, path, { body: encodeBody(CBOR, value), token });

/** The code of an answer that must be one of our errors: in its form, and without a word on the insides. */
export function codeOf({ status, body }: Answered): string {
  expect(status, JSON.stringify(body)).toBeGreaterThanOrEqual(400);
  expect(status, JSON.stringify(body)).not.toBe(500);
  expect(Object.keys(body as object).sort()).toEqual(['code', 'facts', 'fix', 'message']);
  const { code } = body as { code: string };
  expect(JSON.stringify(body)).not.toMatch(/\bat .*:\d+:\d+|node_modules|\.[jt]s\b|\/(src|dist)\/|SQLITE|select /);
  expect(code).toMatch(/^[a-z]+(-[a-z]+)*$/);
  expect(code).not.toBe('internal');
  return code;
}

export interface Signer {
  account: string;
  device: { id: string; seed: Bytes };
}

/** Everything of a session's opening that somebody could get wrong. */
export async function sessionRequest(device: Device, signer: Signer, origin = device.client.origin) {
  const { nonce } = await device.client.call('challenge', {});
  const signature = await sign(signer.device.seed, sessionMessage(device.trust.network, origin, nonce));
  return { account: signer.account, device: signer.device.id, nonce, origin, signature };
}

/** A token of a session of a device, or of another signer of its account. */
export async function tokenOf(device: Device, signer: Signer = device.identity): Promise<string> {
  return (await device.client.call('openSession', await sessionRequest(device, signer))).token;
}
