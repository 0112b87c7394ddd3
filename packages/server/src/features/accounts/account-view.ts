import type { OrganizationRow } from './organization-store.ts';
import type { UserRow } from './user-store.ts';

export function toUser({ id, name, email, role, created_at }: UserRow) {
  return { id, name, email, role, created_at };
}

export function toOrganization({ id, name, created_at, updated_at }: OrganizationRow) {
  return { id, name, created_at, updated_at };
}
