import type { EventInput } from '@appstead/contract';
import { type Document, readDocument } from '@appstead/contract/document';
import { Ajv2020, type ErrorObject, type ValidateFunction } from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';
import { v7 as uuidv7 } from 'uuid';
import { formats } from '../../http/formats.ts';

/** How far ahead of its arrival an event may have happened: clocks differ. */
export const aheadMsMax = 5 * 60_000;
/** How far back. Less than event ids are kept, so that what may still come again is still known. */
export const backMsMax = 30 * 24 * 3_600_000;
const propertiesBytesMax = 16 * 1024;

/** An event that is taken: with its id in lower case, when it happened (ISO 8601, UTC), and its row as JSON, made once for however many writes. */
export type JudgedEvent = { id: string; occurredAt: string; json: string };

/** Judges one event of a batch at the moment it arrived: the event as it is stored, or what is wrong with it, the field first. */
export type EventJudge = (sent: object, arrival: Date, platformOfApp: string) => JudgedEvent | string;

/** The contract takes any object in a batch; here is what an event has to be, compiled once from the contract's EventInput. */
export function createEventJudge(document: Document = readDocument()): EventJudge {
  const validate = compile(document);
  return (sent, arrival, platformOfApp) => {
    if (!validate(sent)) return describe(validate.errors?.[0]);
    const arrivalMs = arrival.getTime();
    const atMs = sent.timestamp === undefined ? arrivalMs : Date.parse(sent.timestamp);
    if (Number.isNaN(atMs)) return 'timestamp is no time there ever was';
    if (atMs > arrivalMs + aheadMsMax) return 'timestamp is more than 5 minutes ahead';
    if (atMs < arrivalMs - backMsMax) return 'timestamp is more than 30 days ago';
    const properties = sent.properties === undefined ? undefined : JSON.stringify(sent.properties);
    if (properties !== undefined && isLonger(properties, propertiesBytesMax)) return 'properties may have at most 16 KiB as JSON';
    const id = sent.id?.toLowerCase() ?? uuidv7();
    const occurredAt = new Date(atMs).toISOString();
    const { name, user_id, anonymous_id, session_id, country, revenue, platform = platformOfApp } = sent;
    const row = { id, name, occurred_at: occurredAt, user_id, anonymous_id, session_id, platform, country, ...revenue };
    const json = JSON.stringify(row);
    return { id, occurredAt, json: properties === undefined ? json : `${json.slice(0, -1)},"properties":${properties}}` };
  };
}

function compile(document: Document): ValidateFunction<EventInput> {
  const ajv = new Ajv2020({ strict: false, strictNumbers: true, validateSchema: false });
  addFormats.default(ajv, { mode: 'full' });
  for (const [name, format] of Object.entries(formats)) ajv.addFormat(name, { type: 'string', validate: format });
  ajv.addSchema({ components: document.components }, 'contract:');
  return ajv.compile<EventInput>({ $ref: 'contract:#/components/schemas/EventInput' });
}

function isLonger(text: string, bytesMax: number): boolean {
  return text.length > bytesMax || (text.length * 3 > bytesMax && Buffer.byteLength(text) > bytesMax);
}

function describe(error: ErrorObject | undefined): string {
  if (error === undefined) return 'The event is not valid';
  const path = error.instancePath.slice(1).replaceAll('/', '.');
  const inside = (name: unknown) => [path, String(name).slice(0, 100)].filter((part) => part !== '').join('.');
  if (error.keyword === 'required') return `${inside(error.params.missingProperty)} is missing`;
  if (error.keyword === 'additionalProperties') return `${inside(error.params.additionalProperty)} is not a field of an event`;
  if (error.keyword === 'enum') return `${path} must be one of ${(error.params.allowedValues as string[]).join(', ')}`;
  const words = [path, error.params.format ?? error.params.pattern].map(String).map((key) => rules[key]);
  return `${path} ${words.find((word) => word !== undefined && /^(format|pattern)$/.test(error.keyword)) ?? error.message}`;
}

/** By format, or by the field that has the pattern: what it asks for. */
const rules: Record<string, string> = {
  uuid: 'must be a UUID',
  'date-time': 'must be a date-time with its offset, such as 2026-11-21T09:30:00Z',
  'person-id': 'is a placeholder and no id of a person',
  name: 'must not be blank',
  country: 'must be two upper-case letters (ISO 3166-1 alpha-2)',
  'revenue.currency': 'must be three upper-case letters (ISO 4217)',
};
