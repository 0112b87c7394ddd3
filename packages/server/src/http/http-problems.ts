import { defineProblems, type Problem } from './problem.ts';

/** What any operation can answer before or around its handler. */
export const httpProblems = defineProblems({
  invalid_request: { status: 400, title: 'Invalid request' },
  malformed_body: { status: 400, title: 'Malformed body' },
  invalid_characters: { status: 400, title: 'Invalid characters' },
  too_deeply_nested: { status: 400, title: 'Too deeply nested' },
  immutable_field: { status: 400, title: 'Immutable field' },
  invalid_cursor: { status: 400, title: 'Invalid cursor' },
  conflicting_credentials: { status: 400, title: 'Conflicting credentials' },
  missing_credential: { status: 401, title: 'Missing credential' },
  invalid_credential: { status: 401, title: 'Invalid credential' },
  key_disabled: { status: 403, title: 'Key disabled' },
  not_allowed: { status: 403, title: 'Not allowed' },
  insufficient_scope: { status: 403, title: 'Insufficient scope' },
  insufficient_role: { status: 403, title: 'Insufficient role' },
  route_not_found: { status: 404, title: 'Route not found' },
  method_not_allowed: { status: 405, title: 'Method not allowed' },
  request_timeout: { status: 408, title: 'Request timeout' },
  request_in_progress: { status: 409, title: 'Request in progress' },
  precondition_failed: { status: 412, title: 'Precondition failed' },
  payload_too_large: { status: 413, title: 'Payload too large' },
  uri_too_long: { status: 414, title: 'URI too long' },
  unsupported_media_type: { status: 415, title: 'Unsupported media type' },
  expectation_failed: { status: 417, title: 'Expectation failed' },
  idempotency_key_reused: { status: 422, title: 'Idempotency key reused' },
  rate_limited: { status: 429, title: 'Too many requests' },
  headers_too_large: { status: 431, title: 'Headers too large' },
  internal_error: { status: 500, title: 'Internal error' },
  unavailable: { status: 503, title: 'Unavailable' },
});

/** 400 for one place of the request. */
export function invalidAt(location: string, message: string, rule: string): Problem {
  return httpProblems.invalid_request(message, { errors: [{ location, message, rule }] });
}

/** 403 for who may do this, but not to whom, or not up to the role, at a place of the request. */
export function outranked(location: 'path.member_id' | 'body.role', message: string): Problem {
  return httpProblems.insufficient_role(message, { errors: [{ location, message, rule: 'rank' }] });
}

/** 401 with its challenge (RFC 9110 11.6.1; `error` as in RFC 6750 3.1, left out when no credential was sent). */
export function unauthorized(code: 'missing_credential' | 'invalid_credential'): Problem {
  const missing = code === 'missing_credential';
  const challenge = `Bearer realm="appstead"${missing ? '' : ', error="invalid_token"'}, ApiKey realm="appstead"`;
  return httpProblems[code](missing ? 'Send a credential in X-API-Key or as a Bearer token' : 'The credential is not valid', {
    headers: { 'WWW-Authenticate': challenge },
  });
}

/** 503 while the database, or the whole server, cannot answer. */
export function unavailable(cause?: unknown): Problem {
  return httpProblems.unavailable('The server is not available right now', { headers: { 'Retry-After': '2' }, cause });
}
