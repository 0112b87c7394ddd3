import type { Response, Schema } from '@appstead/contract/document';
import type { Contract, Operation } from './contract.ts';
import type { Validators } from './validators.ts';

/** One request with its answer. */
export type Exchange = {
  /** `undefined` for paths and methods the contract does not have. */
  operation?: Operation;
  method: string;
  location: string;
  requestId: string;
  sentBody?: unknown;
  status: number;
  headers: Record<string, string>;
  text: string;
  /** Parsed when the answer says it is JSON, else the text. */
  body: unknown;
  /** Whether the kit made the server fail, so that 5xx is the right answer. */
  faultInjected: boolean;
};

const uuid = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;

/** Where an answer departs from the contract, one sentence each. */
export function answerFaults(contract: Contract, validators: Validators, exchange: Exchange): string[] {
  const { operation, status } = exchange;
  const response = operation?.responses.get(status);
  const undeclared = operation && !response ? [`status ${status} is not declared`] : [];
  return [
    ...undeclared,
    ...houseFaults(exchange),
    ...(response ? headerFaults(validators, response, exchange) : []),
    ...bodyFaults(validators, response ?? problemResponse(contract, status), exchange),
  ];
}

/** What holds for every answer, whatever the operation declares. */
function houseFaults({ method, status, headers, requestId, body, faultInjected }: Exchange): string[] {
  const faults: string[] = [];
  const returnedId = headers['x-request-id'];
  if (!returnedId) faults.push('X-Request-Id is missing');
  else if (!uuid.test(returnedId)) faults.push('X-Request-Id is no UUID');
  else if (returnedId !== requestId) faults.push('X-Request-Id is not the one that was sent');
  if (status === 401 && !headers['www-authenticate']) faults.push('401 without WWW-Authenticate');
  if (status === 405 && headers.allow === undefined) faults.push('405 without Allow');
  if (status >= 500 && !faultInjected) faults.push(`${status} though nothing was made to fail`);
  if (status >= 400 && mediaTypeOf(headers) !== 'application/problem+json') faults.push('an error that is not application/problem+json');
  if (method !== 'HEAD' && status >= 400 && isObject(body)) {
    if (body.status !== status) faults.push(`the problem says status ${body.status}`);
    if (body.request_id !== returnedId) faults.push('request_id differs from X-Request-Id');
    if (body.error !== body.detail) faults.push('error differs from detail');
  }
  return faults;
}

function headerFaults(validators: Validators, response: Response, { headers }: Exchange): string[] {
  return Object.entries(response.headers ?? {}).flatMap(([name, { required, schema }]) => {
    const value = headers[name];
    if (value === undefined) return required && !houseHeaders.includes(name) ? [`the header ${name} is missing`] : [];
    return validators
      .open(schema)(typedText(schema, value))
      .map((fault) => `the header ${name}: ${fault}`);
  });
}

const houseHeaders = ['x-request-id', 'www-authenticate'];

function bodyFaults(validators: Validators, response: Response | undefined, { method, headers, text, body }: Exchange): string[] {
  if (method === 'HEAD') return text === '' ? [] : ['HEAD has a body'];
  if (!response) return [];
  if (!response.content) return text === '' ? [] : ['a body where none is declared'];
  const mediaType = mediaTypeOf(headers);
  const media = response.content[mediaType];
  if (!media) return [`the content type ${mediaType || '(none)'} is not declared`];
  if (mediaType.endsWith('json') && typeof body === 'string') return ['the body is not JSON'];
  return media.schema ? validators.closed(media.schema)(body) : [];
}

/** What an error outside of any operation (404, 405) is checked against: the schema `Problem` of the contract. */
function problemResponse({ document }: Contract, status: number): Response | undefined {
  if (status < 400 || !document.components?.schemas?.Problem) return undefined;
  return problem;
}

/** One object for ever, because validators are kept by schema object. */
const problem: Response = {
  description: 'A problem',
  content: { 'application/problem+json': { schema: { $ref: '#/components/schemas/Problem' } } },
};

/** Text from a header, a path or a query as the schema means it: numbers and booleans become such. */
export function typedText(schema: Schema, text: string): unknown {
  if ((schema.type === 'integer' || schema.type === 'number') && /^-?\d+(\.\d+)?$/.test(text)) return Number(text);
  if (schema.type === 'boolean' && /^(true|false)$/.test(text)) return text === 'true';
  return text;
}

export function mediaTypeOf(headers: Record<string, string>): string {
  return (headers['content-type'] ?? '').split(';')[0]?.trim().toLowerCase() ?? '';
}

export function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
