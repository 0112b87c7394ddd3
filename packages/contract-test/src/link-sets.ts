import type { Link } from './contract.ts';

/**
 * Which links to follow to get everything an operation needs: each set gives all of it. Links that give all alone come first, one per set;
 * where there is none, several that give a part each make one set (a team from here, a member from there).
 */
export function linkSets(links: Link[], needed: string[]): Link[][] {
  if (needed.length === 0) return links.filter(({ requestBody }) => requestBody !== undefined).map((link) => [link]);
  const whole = links.filter(({ parameters }) => needed.every((name) => name in parameters));
  if (whole.length > 0) return whole.map((link) => [link]);
  const parts = needed.map((name) => links.find(({ parameters }) => name in parameters));
  return parts.every((link) => link !== undefined) ? [[...new Set(parts)]] : [];
}
