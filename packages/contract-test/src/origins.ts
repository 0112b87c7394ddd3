import type { Origin } from './target.ts';

/**
 * Limits by address would stop the kit after a few requests, so where the target is on this machine each limited request comes from another
 * address of 127.0.0.0/8. Only Linux answers on all of them. The start is random, because a server may remember an earlier run.
 */
export function loopbackOrigins(baseUrl: string): (() => Origin) | undefined {
  const { hostname } = new URL(baseUrl);
  if (process.platform !== 'linux' || !(hostname === 'localhost' || /^127\.\d+\.\d+\.\d+$/.test(hostname))) return undefined;
  let next = Math.floor(Math.random() * 2 ** 22);
  return () => {
    next += 1;
    return { localAddress: `127.${64 + ((next >> 16) & 63)}.${(next >> 8) & 255}.${1 + (next % 254)}` };
  };
}
