import type { ProblemCode } from '@appstead/contract';
import type { call } from '../../testing/call.ts';

/** What is there before the cases run, and has to be there unchanged after each of them. */
export type Scene = {
  key: string;
  session: string;
  ownerEmail: string;
  /** An Apple app with the bundle id com.example.taken, in version 1. */
  appId: string;
  appKey: string;
  appSecret: string;
  organizationId: string;
  /** An Idempotency-Key that created an app named `first`. */
  usedKey: string;
  /** Of the first page of one app, without filters. */
  cursor: string;
  auditCursor: string;
  stranger: { key: string; cursor: string };
  apiKeys: { readOnly: string; disabled: string; expired: string; revoked: string };
};

export type Request = { path: string } & Parameters<typeof call>[2];

/** A request that must be refused: with this status and problem, naming this place of the request, and storing nothing. */
export type BadCase = { name: string; request: (scene: Scene) => Request; status: number; code: ProblemCode; at?: string };

export const invalid = (name: string, at: string, request: BadCase['request']): BadCase => ({
  name,
  request,
  status: 400,
  code: 'invalid_request',
  at,
});

export const refused = (name: string, status: number, code: ProblemCode, request: BadCase['request']): BadCase => ({
  name,
  request,
  status,
  code,
});

/** POST /v1/apps with a body of bytes. */
export const createWith =
  (raw: string | Uint8Array, headers: Record<string, string> = {}): BadCase['request'] =>
  ({ key }) => ({ path: '/v1/apps', key, raw, headers });

/** POST /v1/apps with fields beside a good name. */
export const create =
  (fields: object): BadCase['request'] =>
  ({ key }) => ({ path: '/v1/apps', key, body: { name: 'bad', ...fields } });

/** PATCH of the app of the scene. */
export const update =
  (fields: unknown): BadCase['request'] =>
  ({ key, appId }) => ({ path: `/v1/apps/${appId}`, method: 'PATCH', key, body: fields });

export const get =
  (path: string): BadCase['request'] =>
  ({ key }) => ({ path, key });
