export type * from '@appstead/contract';
export type { Middleware } from 'openapi-fetch';
export { ConnectionError } from './connection-error.ts';
export { type AppsteadClient, type ClientOptions, createClient } from './create-client.ts';
export type { Credential } from './credential.ts';
export { type Item, type ListPath, type Page, type Paginated, paginate } from './paginate.ts';
export { ProblemError, type Result, unwrap } from './problem.ts';
export type { Wait } from './wait.ts';
