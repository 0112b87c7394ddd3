import type { AppPrincipal, SendingApp } from '../../principal.ts';
import { normalBundleId } from '../apps/app-fields.ts';
import { ingestionProblems } from './ingestion-problems.ts';

/**
 * What an app may be refused for beside its credential: 403 while it is inactive, from a page that it has not authorized, and under a bundle id
 * that is not its own. An app key can be copied out of an app, so with it the bundle id has to be sent; a secret stays on servers.
 */
export function checkSender({ kind, app }: AppPrincipal, origin: string | undefined, bundleId: string | null | undefined): void {
  if (app.status !== 'active') throw ingestionProblems.app_inactive('The app is inactive and takes no data');
  if (origin !== undefined && !isAuthorized(origin, app.authorizedDomains)) {
    throw ingestionProblems.origin_not_authorized('The page this was sent from is not on an authorized domain of the app');
  }
  if (!isOwnBundleId(app, bundleId ?? null, kind === 'app_key')) {
    throw ingestionProblems.bundle_id_mismatch('The bundle_id is not that of the app', {
      errors: [{ location: 'body.bundle_id', message: 'must be the bundle id of the app', rule: 'bundle' }],
    });
  }
}

/** Whether a page at an `Origin` (RFC 6454) may send; its port and scheme do not matter. */
function isAuthorized(origin: string, domains: readonly string[]): boolean {
  if (domains.length === 0) return true;
  if (!URL.canParse(origin)) return false;
  const { hostname } = new URL(origin);
  return domains.some((domain) => (domain.startsWith('*.') ? hostname.endsWith(domain.slice(1)) : hostname === domain));
}

function isOwnBundleId({ platform, bundleId }: SendingApp, sent: string | null, isRequired: boolean): boolean {
  if (bundleId === null || platform === 'backend') return true;
  if (sent === null) return !isRequired;
  return normalBundleId(platform, sent) === normalBundleId(platform, bundleId);
}
