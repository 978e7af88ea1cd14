import { STATUS_CODES } from 'node:http';
import type { Socket } from 'node:net';
import { apiError, encodeBody, JSON_TYPE, LIMITS, statusOf, toWire } from '@salus/api';
import type { SalusError } from '@salus/base';

/** Answers, in the form of every error, what never became a request, and ends its connection: nothing that follows can be told apart. */
export function answerUnparsed(fault: Error & { code?: string }, socket: Socket): void {
  if (!socket.writable) {
    socket.destroy();
    return;
  }
  const error = errorOf(fault);
  const status = statusOf(error.code);
  const body = encodeBody(JSON_TYPE, toWire(error));
  const head = [
    `HTTP/1.1 ${status} ${STATUS_CODES[status]}`,
    `content-type: ${JSON_TYPE}`,
    `content-length: ${body.length}`,
    'connection: close',
  ];
  socket.end(Buffer.concat([Buffer.from(`${head.join('\r\n')}\r\n\r\n`), body]));
}

function errorOf({ code }: { code?: string }): SalusError {
  if (code === 'HPE_HEADER_OVERFLOW') return apiError('headers-oversized', { limitBytes: LIMITS.headerBytes });
  if (code === 'ERR_HTTP_REQUEST_TIMEOUT') return apiError('request-slow');
  return apiError('request-malformed');
}
