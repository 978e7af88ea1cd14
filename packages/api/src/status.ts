/** HTTP status by error code, assigned here and nowhere else. Codes that are not named are rejections: 422. */
const STATUS: Record<string, number> = {
  'encoding-malformed': 400,
  'encoding-fields': 400,
  'encoding-oversized': 413,
  'body-oversized': 413,
  'media-type': 415,
  'session-required': 401,
  'session-expired': 401,
  'session-refused': 401,
  'login-refused': 401,
  'account-waiting': 403,
  'account-closed': 403,
  'sign-in-only': 403,
  'operator-only': 403,
  'read-refused': 403,
  'route-unknown': 404,
  'record-unknown': 404,
  'patient-unknown': 404,
  'chunk-unknown': 404,
  'already-registered': 409,
  'record-conflict': 409,
  'keyring-conflict': 409,
  'operation-id-used': 409,
  'too-many-requests': 429,
  internal: 500,
  'clouds-unavailable': 503,
  'restored-waiting': 503,
};

/** The status of an error's reply. */
export const statusOf = (code: string): number => STATUS[code] ?? 422;
