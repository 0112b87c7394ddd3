import { domainToASCII } from 'node:url';

/** The fields of an app in the one form they are stored and compared in. Pure; the contract has validated them before. */

/** Hosts in lower case and punycode, the wildcard kept, each once. */
export function normalDomains(domains: string[]): string[] {
  return [...new Set(domains.map((domain) => (domain.startsWith('*.') ? `*.${domainToASCII(domain.slice(2))}` : domainToASCII(domain))))];
}

/** What bundle ids are compared by: Apple's are case-insensitive, Android's are not. */
export function normalBundleId(platform: string, bundleId: string | null): string | null {
  return platform === 'apple' ? (bundleId?.toLowerCase() ?? null) : bundleId;
}

const zones = new Map(Intl.supportedValuesOf('timeZone').map((zone) => [zone.toLowerCase(), zone]));

/**
 * A time zone in its canonical case, under the name that was given: `asia/kolkata` becomes Asia/Kolkata and not the older Asia/Calcutta
 * that the engine resolves it to.
 */
export function canonicalTimezone(given: string): string {
  const known = canonical.get(given);
  if (known !== undefined) return known;
  const zone = askCanonical(given);
  if (canonical.size === canonicalMax) canonical.clear();
  canonical.set(given, zone);
  return zone;
}

/** By the name as it was given. The engine takes a tenth of a millisecond to answer. */
const canonical = new Map<string, string>();
const canonicalMax = 2_000;

function askCanonical(given: string): string {
  const resolved = new Intl.DateTimeFormat('en', { timeZone: given }).resolvedOptions().timeZone;
  if (resolved.toLowerCase() === given.toLowerCase()) return resolved;
  const listed = zones.get(given.toLowerCase());
  if (listed) return listed;
  return given.replaceAll(/[a-z0-9]+/gi, (word) => oddWords.get(word.toLowerCase()) ?? capitalised(word));
}

// The words of older names that are not simply capitalised. The engine knows those names but does not tell how they are written.
const oddWords = new Map(
  [
    ...['ACT', 'CET', 'CHAT', 'CST6CDT', 'EET', 'EST', 'EST5EDT', 'GB', 'GMT', 'GMT0', 'HST', 'IN', 'LHI', 'MET', 'MST', 'MST7MDT', 'NSW'],
    ...['NZ', 'PRC', 'PST8PDT', 'ROC', 'ROK', 'SU', 'UCT', 'US', 'UTC', 'WET'],
    ...['BajaNorte', 'BajaSur', 'ComodRivadavia', 'DeNoronha', 'EasterIsland'],
  ].map((word) => [word.toLowerCase(), word]),
);

function capitalised(word: string): string {
  return word.charAt(0).toUpperCase() + word.slice(1).toLowerCase();
}
