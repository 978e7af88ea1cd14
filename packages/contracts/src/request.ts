import type { RequestId, TimeMs } from '@salus/base';
import { need } from './need.ts';
import type { StateReader } from './state/reader.ts';
import { type AccessRequest, type RequestStatus, requestKey, requestStatus } from './state/request.ts';

/** The request. Rejects with `request-unknown`. */
export function needRequest(state: StateReader, request: RequestId): AccessRequest {
  const found = state.get(requestKey(request));
  need(found, 'request-unknown', { request });
  return found;
}

/** Rejects with `request-expired` or `request-state` unless the request is in one of the states now. */
export function needState(id: RequestId, request: AccessRequest, time: TimeMs, ...states: RequestStatus[]): void {
  const status = requestStatus(request, time);
  need(status !== 'expired', 'request-expired', { request: id });
  need(states.includes(status), 'request-state', { request: id, status });
}
