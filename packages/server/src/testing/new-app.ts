import type { App } from '@appstead/contract';
import { expect } from 'vitest';
import { call } from './call.ts';

/** An app made over HTTP, with its secret in full. */
export async function newApp(url: string, key: string, fields: object = {}): Promise<App> {
  const answer = await call(url, '/v1/apps', { key, body: { name: 'An app', ...fields } });
  expect(answer.status, answer.text).toBe(201);
  return answer.body.app;
}

/** What the server answers to an app key or secret: 403 while it lives, because it may not list apps, and 401 from its end on. */
export async function statusOfAppKey(url: string, appKey: string): Promise<number> {
  return (await call(url, '/v1/apps', { headers: { 'X-API-Key': appKey } })).status;
}
