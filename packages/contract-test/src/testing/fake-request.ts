import type { IncomingMessage } from 'node:http';
import { gunzipSync } from 'node:zlib';
import type { Schema } from '@appstead/contract/document';
import { typedText } from '../answer.ts';
import type { Contract, Operation } from '../contract.ts';
import { follow } from '../contract.ts';
import type { Validators } from '../validators.ts';
import type { Defect } from './defects.ts';
import type { Reply } from './fake-things.ts';

/** What the fake server makes of a request before an operation sees it: the body read and everything validated. */

export class Refusal extends Error {
  readonly reply: Reply & { places?: string[] };
  constructor(status: number, code: string, places?: string[]) {
    super(code);
    this.reply = { status, code, ...(places ? { places } : {}) };
  }
}

export async function readBody(request: IncomingMessage, operation: Operation): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  if (!operation.body) return '';
  const bytes = Buffer.concat(chunks);
  const encoding = request.headers['content-encoding'] ?? 'identity';
  if (encoding !== 'identity' && encoding !== 'gzip') throw new Refusal(415, 'other_type');
  if (bytes.length === 0) throw new Refusal(400, 'invalid_request');
  const [type, parameter] = (request.headers['content-type'] ?? '').split(/;\s*/);
  if (type !== 'application/json' || (parameter && parameter !== 'charset=utf-8')) throw new Refusal(415, 'other_type');
  const plain = encoding === 'gzip' ? unpack(bytes) : bytes;
  if (plain.length > operation.bodyBytesMax) throw new Refusal(413, 'too_large');
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(plain);
  } catch {
    throw new Refusal(400, 'invalid_request');
  }
}

function unpack(bytes: Buffer): Buffer {
  try {
    return gunzipSync(bytes);
  } catch {
    throw new Refusal(400, 'invalid_request');
  }
}

export function parseBody(text: string, has: (defect: Defect) => boolean): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    if (has('a crash on broken JSON')) throw error;
    throw new Refusal(400, 'invalid_request');
  }
}

type Parts = { path: Record<string, string>; query: URLSearchParams; headers: Record<string, unknown>; text: string; body: unknown };

/** Throws `Refusal` on whatever the contract does not allow; returns the query with its types. */
export function validate(
  contract: Contract,
  validators: Validators,
  operation: Operation,
  parts: Parts,
  has: (defect: Defect) => boolean,
): Record<string, unknown> {
  const query: Record<string, unknown> = {};
  for (const parameter of operation.parameters) {
    const name = parameter.name;
    const schema = follow<Schema>(contract.document, parameter.schema);
    const given = {
      path: parts.path[name],
      query: parts.query.get(name) ?? undefined,
      header: parts.headers[name.toLowerCase()],
      cookie: undefined,
    }[parameter.in];
    if (given === undefined) continue;
    const value = typedText(schema, String(given));
    const excused = name === 'limit' && Number(value) > 200 && has('a limit above its maximum taken');
    if (validators.open(parameter.schema)(value).length > 0 && !excused) throw new Refusal(400, 'invalid_request');
    if (parameter.in === 'query') query[name] = value;
  }
  const names = operation.parameters.filter((parameter) => parameter.in === 'query').map(({ name }) => name);
  for (const name of parts.query.keys()) {
    if (!names.includes(name) && !has('an unknown query parameter taken')) throw new Refusal(400, 'invalid_request');
    if (parts.query.getAll(name).length > 1) throw new Refusal(400, 'invalid_request');
  }
  if (operation.body) validateBody(contract, validators, operation, parts, has);
  return query;
}

function validateBody(
  contract: Contract,
  validators: Validators,
  { body }: Operation,
  { text, body: value }: Parts,
  has: (defect: Defect) => boolean,
): void {
  const schema = body?.schema ?? {};
  if (/\\u0000|\\ud800|__proto__/.test(text)) throw new Refusal(400, 'invalid_request');
  const immutable = (follow<Schema>(contract.document, schema)['x-immutable'] as string[] | undefined) ?? [];
  const touched = immutable.find((name) => typeof value === 'object' && value !== null && name in value);
  if (touched) throw new Refusal(400, 'invalid_request', has('an immutable field refused without its name') ? [] : [`body.${touched}`]);
  const faults = validators
    .open(schema)(value)
    .filter((fault) => !isExcused(fault, has));
  if (faults.length > 0) throw new Refusal(400, 'invalid_request');
  const { name, color } = value as { name?: string; color?: string };
  if (has('a crash on an odd but valid text') && [...(name ?? '')].some((character) => character > '\u{ffff}' || character > '~'))
    throw new Error('odd text');
  if (has('a refusal of a boundary value') && name?.length === 40) throw new Refusal(400, 'invalid_request');
  if (has('a refusal of a branch of the schema') && color === 'blue') throw new Refusal(400, 'invalid_request');
  if (has('an example that is refused') && name === 'A shy thing') throw new Refusal(400, 'invalid_request');
}

function isExcused(fault: string, has: (defect: Defect) => boolean): boolean {
  if (has('an unknown property taken') && fault.includes('additional properties')) return true;
  if (has('a read-only field taken') && fault.includes('additional properties ("size")')) return true;
  if (has('a text that is too long taken') && fault.includes('more than 40 characters')) return true;
  return has('a broken conditional rule taken') && (fault.includes('"then"') || fault.includes('>= 50') || fault.includes("'weight'"));
}
