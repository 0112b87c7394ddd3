import type { Document } from '@appstead/contract/document';
import { schemas } from './fake-schemas.ts';

/** A small contract with one of everything the kit knows: links, limits, lists, keys, ETags, audit entries, roles. */
export function fakeContract(): Document {
  const problem = (description: string, headers = {}) => ({
    description,
    headers: { 'X-Request-Id': requestId, ...headers },
    content: { 'application/problem+json': { schema: { $ref: '#/components/schemas/Problem' } } },
  });
  const responses = {
    400: problem('Invalid'),
    401: problem('No credential', { 'WWW-Authenticate': { required: true, schema: { type: 'string' } } }),
    403: problem('Not allowed'),
    404: problem('Not there'),
    409: problem('Conflict'),
    412: problem('Changed'),
    413: problem('Too large'),
    415: problem('Other type'),
    422: problem('Reused key'),
    429: problem('Too many'),
    500: problem('Fault'),
    503: problem('Away'),
  };
  const errors = (...statuses: (keyof typeof responses)[]) => Object.fromEntries(statuses.map((status) => [status, responses[status]]));
  const answer = (schema: string, extra = {}) => ({
    description: 'Done',
    headers: { 'X-Request-Id': requestId, ...extra },
    content: { 'application/json': { schema: { $ref: `#/components/schemas/${schema}` } } },
  });
  const body = (schema: string, ...examples: unknown[]) => ({
    required: true,
    content: {
      'application/json': {
        schema: { $ref: `#/components/schemas/${schema}` },
        examples: Object.fromEntries(examples.map((value, index) => [`example${index}`, { value }])),
      },
    },
  });
  const everyWrite = ['400', '401', '403', '500', '503'] as unknown as (keyof typeof responses)[];
  const withBody = ['413', '415'] as unknown as (keyof typeof responses)[];
  const thingId = { name: 'thing_id', in: 'path', required: true, schema: { type: 'string', format: 'uuid' } };
  const ifMatch = { name: 'If-Match', in: 'header', schema: { type: 'string', minLength: 1, maxLength: 200 } };
  const idempotencyKey = { name: 'Idempotency-Key', in: 'header', schema: { type: 'string', pattern: '^[!-~]{1,100}$', maxLength: 100 } };
  const parameters = { thing_id: '$response.body#/thing/id' };
  const thing = answer('ThingResult', { ETag: etag, 'Idempotent-Replayed': { schema: { const: 'true' } } });
  const writers = [{ organizationKey: [] }, { apiKey: ['things:write'] }, { session: ['admin'] }];
  const readers = [{ organizationKey: [] }, { apiKey: ['things:read'] }, { session: ['member'] }];
  const operation = (operationId: string, rest: object) => ({ operationId, tags: ['Things'], summary: operationId, ...rest });

  return {
    openapi: '3.1.0',
    info: { title: 'Things', version: '1.0.0' },
    servers: [{ url: '/' }, { url: '/api' }],
    tags: [],
    paths: {
      '/v1/things': {
        get: operation('listThings', {
          security: readers,
          parameters: [
            { name: 'limit', in: 'query', schema: { type: 'integer', minimum: 1, maximum: 200, default: 50 } },
            { name: 'cursor', in: 'query', schema: { type: 'string', pattern: '^[A-Za-z0-9_-]+$', maxLength: 200 } },
            { name: 'color', in: 'query', schema: { $ref: '#/components/schemas/Color' } },
          ],
          responses: { 200: answer('ThingList'), ...errors(...everyWrite) },
        }),
        post: operation('createThing', {
          security: writers,
          'x-audit': 'thing.created',
          parameters: [idempotencyKey],
          requestBody: body('ThingCreate', { name: 'A thing' }, { name: 'A shy thing', label: 'shy' }),
          responses: {
            201: {
              ...thing,
              links: {
                get: { operationId: 'getThing', parameters },
                update: { operationId: 'updateThing', parameters },
                delete: { operationId: 'deleteThing', parameters },
              },
            },
            ...errors(...everyWrite, ...withBody, 404, 409, 422),
          },
        }),
      },
      '/v1/things/{thing_id}': {
        parameters: [thingId],
        get: operation('getThing', { security: readers, responses: { 200: thing, ...errors(...everyWrite, 404) } }),
        patch: operation('updateThing', {
          security: writers,
          'x-audit': 'thing.updated',
          parameters: [ifMatch],
          requestBody: body('ThingUpdate', { name: 'Renamed' }),
          responses: { 200: thing, ...errors(...everyWrite, ...withBody, 404, 412) },
        }),
        delete: operation('deleteThing', {
          security: [{ organizationKey: [] }, { session: ['admin'] }],
          'x-audit': 'thing.deleted',
          responses: { 200: answer('Done'), ...errors(...everyWrite, 404) },
        }),
      },
      '/v1/key/renew': {
        post: operation('renewKey', {
          security: [{ session: ['admin'] }],
          'x-audit': 'key.renewed',
          responses: { 200: answer('KeyResult'), ...errors(...everyWrite) },
        }),
      },
      '/v1/tickets': {
        post: operation('openTicket', {
          security: [],
          'x-rate-limit': { policy: 'tickets', by: 'address', limit: 10, window_seconds: 60 },
          requestBody: body('Ticket', { email: 'ada@example.com' }),
          responses: {
            200: answer('Done', { 'RateLimit-Policy': { required: true, schema: { type: 'string' } } }),
            ...errors(400, 413, 415, 429, 500),
          },
        }),
      },
    },
    components: { schemas, responses: {}, parameters: {}, headers: {}, examples: {}, securitySchemes: {} },
  } as unknown as Document;
}

const requestId = { required: true, schema: { type: 'string', format: 'uuid' } };
const etag = { required: true, schema: { type: 'string', pattern: '^"[0-9]+"$' } };
