import type { AuditNote, Handlers as ContractHandlers, OperationId } from '@appstead/contract';
import type { Queryable, Transaction } from '@appstead/database';
import type { AppPrincipal, Principal, TenantPrincipal, UserPrincipal } from '../principal.ts';

/** Who a write is recorded under, when there is no principal yet (sign-up, sign-in). */
export type Actor = { organizationId: string; type: string; id: string | null; name: string };

/** What a handler has beside its call. */
export type Context = {
  /** In an operation that the contract wants audited: the open transaction of the caller's organization. Else the database. */
  db: Queryable;
  principal: Principal;
  requestId: string;
  /** The page that a browser says it sends for. */
  origin: string | undefined;
  /** The instant of the request. Everything a request writes carries the same one. */
  now: Date;
  /**
   * For public writes, which learn only in the handler whose organization it is: runs the work in its transaction, with its audit entry.
   */
  commit<T extends { audit: AuditNote }>(actor: Actor, work: (tx: Transaction) => Promise<T>): Promise<T>;
  /**
   * Asks anew whether the credential of the request may do this, for what goes on after its reply began. Rejects with the problem that the same
   * request would get now.
   */
  recheck(): Promise<void>;
  /** Asks for something to be done once what the request wrote is committed; not at all when it is not. What is done must not throw. */
  afterCommit(run: () => void): void;
};

export type Handlers<Ids extends OperationId> = ContractHandlers<Ids, Context>;

/** The caller of an operation that only tenants may call. */
export function tenantOf(context: Context): TenantPrincipal {
  if (!('organizationId' in context.principal)) throw new Error('the operation needs a tenant, but its security admits others');
  return context.principal;
}

/** The caller of an operation that only sessions may call. */
export function personOf(context: Context): UserPrincipal {
  if (context.principal.kind !== 'user') throw new Error('the operation needs a person, but its security admits others');
  return context.principal;
}

/** The caller of an operation that only apps may call. */
export function appOf(context: Context): AppPrincipal {
  const { principal } = context;
  if (principal.kind === 'app_key' || principal.kind === 'app_secret') return principal;
  throw new Error('the operation needs an app, but its security admits others');
}
