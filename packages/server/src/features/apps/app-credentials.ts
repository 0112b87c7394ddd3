import type { SecretBox } from '../../keys/secret-box.ts';

export type Credentials = Record<string, string>;
export type CredentialField = 'engagement_credentials' | 'email_credentials';

/** Encrypts the credentials of another service for one field of one app. */
export function sealCredentials(
  box: SecretBox,
  field: CredentialField,
  organizationId: string,
  appId: string,
  credentials: Credentials,
): string {
  return box.seal(JSON.stringify(credentials), `apps:${organizationId}:${appId}:${field}`);
}

/** The credentials as they may be shown: every name, of every value at most the last four characters. */
export function maskCredentials(
  box: SecretBox,
  field: CredentialField,
  organizationId: string,
  appId: string,
  sealed: string | null,
): Credentials | null {
  if (sealed === null) return null;
  const credentials = JSON.parse(box.open(sealed, `apps:${organizationId}:${appId}:${field}`)) as Credentials;
  return Object.fromEntries(Object.entries(credentials).map(([name, value]) => [name, value.length >= 12 ? `…${value.slice(-4)}` : '…']));
}
