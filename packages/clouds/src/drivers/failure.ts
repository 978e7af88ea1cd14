import type { SalusError } from '@salus/base';
import { cloudsError } from '../errors.ts';
import type { ObjectName } from '../objectStore.ts';

/** What a driver's library says went wrong, in words that all of them share. */
export interface Failure {
  /** Of the answer, where there was one: HTTP's. */
  status?: number | undefined;
  /** A code of Node.js, OpenSSL, the protocol or the provider. Never a sentence: those may hold addresses or secrets. */
  reason?: string | undefined;
  /** The header of that name. */
  retryAfter?: string | null | undefined;
  /** The object asked for is not there, however the protocol says so. */
  missing?: boolean;
}

// OpenSSL's verification results as Node.js names them, and Node.js's own.
const CERTIFICATE =
  /^(CERT_.*|.*_CERT|.*_CERT_.*|UNABLE_TO_(GET|VERIFY|DECRYPT|DECODE)_.*|SELF_SIGNED_.*|HOSTNAME_MISMATCH|ERR_TLS_CERT_ALTNAME_INVALID|INVALID_CA|INVALID_PURPOSE|PATH_LENGTH_EXCEEDED|HOST_KEY_MISMATCH)$/;
const FULL = new Set(['ENOSPC', 'EDQUOT', 'QuotaExceeded', 'InsufficientStorage', 'XMinioStorageFull']);
// What a server sends ends up in logs: only what looks like a code is repeated.
const CODE = /^[A-Za-z][A-Za-z0-9_]{1,59}$/;
// A server that says how long to wait may say a year.
const WAIT_LIMIT_MS = 3_600_000;
const USUAL_WAIT_MS = 1_000;

/** The error for a failure of a call about an object, or about the store as such. Hostile answers end here as others do. */
export function errorOf({ status, reason, retryAfter, missing }: Failure, name?: ObjectName): SalusError {
  const why = reason && CODE.test(reason) ? reason : status ? `status ${status}` : 'unexpected';
  if (reason && CERTIFICATE.test(reason)) return cloudsError('store-certificate', { why });
  if (missing && name !== undefined) return cloudsError('object-unknown', { name });
  if (status === 507 || (reason && FULL.has(reason))) return cloudsError('store-full');
  if (status === 401 || status === 403) return cloudsError('store-credentials', { why });
  if (status === 429 || status === 503) return cloudsError('store-throttled', { waitMs: waitOf(retryAfter) });
  return cloudsError('store-unavailable', { why });
}

/** Retry-After in seconds. As a date it would need a clock that agrees with the server's; then the usual wait is taken. */
function waitOf(retryAfter: string | null | undefined): number {
  if (!retryAfter || !/^\d{1,9}$/.test(retryAfter)) return USUAL_WAIT_MS;
  return Math.min(Number(retryAfter) * 1000, WAIT_LIMIT_MS);
}

/** A code carried by something thrown, or by what caused it: libraries wrap the errors of sockets. */
export function reasonOf(thrown: unknown): string | undefined {
  for (let error = thrown, depth = 0; error instanceof Error && depth < 4; error = error.cause, depth++) {
    const { code, errno } = error as NodeJS.ErrnoException;
    for (const said of [code, errno]) if (typeof said === 'string') return said;
  }
  return undefined;
}
