import { hash } from 'node:crypto';
import type { Database } from '@appstead/database';
import type { Principal, TenantPrincipal } from '../principal.ts';

type Entry = { principal: TenantPrincipal; until: number };

const entriesMax = 10_000;

/**
 * The bound on how long a process can go on accepting a credential that was ended elsewhere, when the message of it is lost because the
 * LISTEN connection was cut. With the connection up it is a few milliseconds, and none at all in the process that made the change.
 */
export const staleMsMax = 5_000;

/**
 * Verified credentials, by the SHA-256 of what was sent. A change in an organization drops all of its entries; a look-up that began before
 * any change is never kept after it, or it could bring back what was just ended.
 */
export class PrincipalCache {
  readonly #entries = new Map<string, Entry>();
  readonly #ofOrganization = new Map<string, Set<string>>();
  #generation = 0;

  /** The principal of a credential that was verified lately, or the promise of a new verification. */
  resolve(
    credential: string,
    nowMs: number,
    verify: () => Promise<{ principal: Principal; expiresAtMs?: number }>,
  ): Principal | Promise<Principal> {
    const key = hash('sha256', credential, 'base64');
    const entry = this.#entries.get(key);
    if (entry && entry.until > nowMs) return entry.principal;
    return this.#fill(key, nowMs, verify);
  }

  async #fill(key: string, nowMs: number, verify: () => Promise<{ principal: Principal; expiresAtMs?: number }>): Promise<Principal> {
    const generation = this.#generation;
    const { principal, expiresAtMs = Number.POSITIVE_INFINITY } = await verify();
    if (generation === this.#generation && 'organizationId' in principal) {
      this.#keep(key, { principal, until: Math.min(nowMs + staleMsMax, expiresAtMs) });
    }
    return principal;
  }

  #keep(key: string, entry: Entry): void {
    if (this.#entries.size >= entriesMax) this.clear();
    this.#entries.set(key, entry);
    const { organizationId } = entry.principal;
    const keys = this.#ofOrganization.get(organizationId) ?? new Set();
    this.#ofOrganization.set(organizationId, keys.add(key));
  }

  /** Drops what is known of one organization's credentials. */
  forget(organizationId: string): void {
    this.#generation++;
    for (const key of this.#ofOrganization.get(organizationId) ?? []) this.#entries.delete(key);
    this.#ofOrganization.delete(organizationId);
  }

  clear(): void {
    this.#generation++;
    this.#entries.clear();
    this.#ofOrganization.clear();
  }

  /** Follows the changes that other processes make. Messages may be missed while the connection is away, so a new one starts empty. */
  follow(db: Database): Promise<() => Promise<void>> {
    return db.listen(
      'credential_changes',
      (organizationId) => this.forget(organizationId),
      () => this.clear(),
    );
  }
}
