import { type Answer, call } from './call.ts';

/** Sends events as an app, with its key or secret. */
export function sendEvents(
  url: string,
  key: string,
  events: unknown[],
  beside: { bundle_id?: string; origin?: string } = {},
): Promise<Answer> {
  const { origin, ...fields } = beside;
  const headers = { 'X-API-Key': key, ...(origin === undefined ? {} : { Origin: origin }) };
  return call(url, '/v1/ingest', { body: { ...fields, events }, headers });
}
