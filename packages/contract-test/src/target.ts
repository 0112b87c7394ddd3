/** What the kit is run on: a server in this process, or a deployment somewhere. */

/** Who may send a request. What each may do is computed from the `security` of the operation. */
export const principalClasses = [
  'none',
  'malformed',
  'unknown',
  'expired',
  'disabled',
  'revoked',
  'appKey',
  'appSecret',
  'apiKeyTooFewScopes',
  'apiKeyRightScopes',
  'otherOrganizationKey',
  'organizationKey',
  'developerSession',
  'memberSession',
  'adminSession',
  'ownerSession',
  'removedMemberSession',
  'metricsToken',
] as const;

export type PrincipalClass = (typeof principalClasses)[number];

/** The headers that carry a credential. `scopes` are those of an API key; without them `apiKeyRightScopes` has all, `apiKeyTooFewScopes` none. */
export type Credential = { headers: Record<string, string>; scopes?: string[] };

export type Principals = Partial<Record<PrincipalClass, Credential>>;

/** What a target arranged so that an operation answers a status; `undo` is always called. */
export type Provocation = { undo(): Promise<void> };

export type Fault = 'crash' | 'database-away';

/** Where a request seems to come from, for limits counted by address. */
export type Origin = { headers?: Record<string, string>; localAddress?: string };

export interface Target {
  /** Without a trailing slash. */
  baseUrl: string;

  /**
   * Credentials by class; all but `otherOrganizationKey` belong to one organization. A harness makes a new organization at each call.
   * Classes a deployment cannot give are absent and reported as not checked; `none` and `malformed` need not be given.
   */
  principals(): Promise<Principals>;

  /**
   * A fresh organization: its key in full and the access token of its owner. Offering this makes the target disposable: the kit then calls
   * what changes or ends credentials, uses up rate limits, and fails when a declared status was never answered.
   */
  newOrganization?(): Promise<{ organizationKey: string; session: string }>;

  /**
   * Makes the handling of the operation fail until the returned function has resolved: `crash` throws something unexpected inside of it,
   * `database-away` takes the database away from the server.
   */
  inject?(fault: Fault, operationId: string): Promise<() => Promise<void>>;

  /**
   * Arranges what no request can, so that the next valid request of the operation answers the status (sign-up switched off: 403).
   * For 409 the kit sends two requests at once with one `Idempotency-Key`. `undefined`: there is no way. Each use is named in the report.
   */
  provoke?(operationId: string, status: number): Promise<Provocation | undefined>;

  /** The audit entries written under a request id; `undefined` when this target cannot see them for that operation. */
  auditEntries?(requestId: string, operationId: string): Promise<{ action: string }[] | undefined>;

  /** A digest of everything stored that a refused request must leave alone (not: last uses, rate limits). */
  stateChecksum?(): Promise<string>;

  /** An address no earlier request came from. On a loopback target the kit uses the addresses of 127.0.0.0/8 by itself. */
  freshOrigin?(): Origin;
}
