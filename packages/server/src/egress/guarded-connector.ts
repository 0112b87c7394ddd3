import { isIP, type LookupFunction } from 'node:net';
import { buildConnector } from 'undici';
import type { AllowList } from './allow-list.ts';
import { checkUrl, mayConnect } from './check-url.ts';
import { EgressError } from './egress-error.ts';
import type { ResolveHost } from './resolve-host.ts';

const connectTimeoutMs = 10_000;

/**
 * Connects to checked addresses only, whatever the caller checked before: this is the last place that every connection has to pass. A name is
 * resolved once, every answer must be allowed, and the socket gets those answers instead of resolving again.
 */
export function guardedConnector(allow: AllowList, resolve: ResolveHost): buildConnector.connector {
  return (options, done) => {
    connect(options, done).catch((error) => done(error, null));
  };

  async function connect(options: buildConnector.Options, done: buildConnector.Callback): Promise<void> {
    const target = checkUrl(`${options.protocol}//${options.hostname}:${options.port}`, allow);
    const addresses = target.address ? [target.address.toString()] : await vetted(target);
    const connector = buildConnector({ timeout: connectTimeoutMs, maxCachedSessions: 0, lookup: pinned(addresses) });
    connector(target.address ? { ...options, hostname: addresses[0] as string } : options, done);
  }

  async function vetted(target: { host: string; port: number }): Promise<string[]> {
    const addresses = await resolve(target.host, allow.names(target.host)).catch((error) => {
      throw new EgressError('address_refused', error);
    });
    // One bad answer spoils all: which of them would be taken is not ours to choose.
    if (addresses.length === 0 || !addresses.every((address) => mayConnect(target, address, allow)))
      throw new EgressError('address_refused');
    return addresses;
  }
}

function pinned(addresses: string[]): LookupFunction {
  const entries = addresses.map((address) => ({ address, family: isIP(address) }));
  return (_host, { all }, done) => {
    const [first] = entries;
    if (all || !first) done(null, entries);
    else done(null, first.address, first.family);
  };
}
