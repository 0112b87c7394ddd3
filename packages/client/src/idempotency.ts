import type { paths } from '@appstead/contract';

type PostPath = { [Path in keyof paths]: paths[Path] extends { post: object } ? Path : never }[keyof paths];
type TakesKey<Path extends PostPath> = paths[Path] extends { post: { parameters: { header?: infer Header } } }
  ? 'Idempotency-Key' extends keyof NonNullable<Header>
    ? true
    : false
  : false;

/** The paths whose POST declares no `Idempotency-Key`. */
export type UnkeyedPath = { [Path in PostPath]: TakesKey<Path> extends true ? never : Path }[PostPath];

/**
 * Every other POST gets a key of its own and may therefore be repeated. The compiler holds this list against the contract in both directions:
 * a POST that declares no `Idempotency-Key` and is not named here does not compile, so a new one cannot be repeated by oversight.
 */
const unkeyedPaths: Record<UnkeyedPath, 1> = {
  '/v1/auth/signup': 1,
  '/v1/auth/login': 1,
  '/v1/auth/refresh': 1,
  '/v1/auth/logout': 1,
  '/v1/account/leave': 1,
  '/v1/account/password': 1,
  '/v1/invitations/accept': 1,
  '/v1/notifications/read': 1,
  '/v1/ingest': 1,
  '/v1/identify': 1,
};

/**
 * Gives the request of an operation that declares `Idempotency-Key` one, unless the caller did. Set before the first try, it stays the same over all.
 * 128 random bits: `crypto.randomUUID` is missing on pages that are served over plain http, this is not.
 */
export function addIdempotencyKey({ request, schemaPath }: { request: Request; schemaPath: string }): void {
  if (request.method !== 'POST' || schemaPath in unkeyedPaths || request.headers.has('Idempotency-Key')) return;
  request.headers.set('Idempotency-Key', crypto.getRandomValues(new Uint32Array(4)).join('-'));
}
