import { Agent } from 'undici';
import type { AllowList } from './allow-list.ts';
import { guardedConnector } from './guarded-connector.ts';
import type { ResolveHost } from './resolve-host.ts';

/** The connections of a sender. Their time limits are off, because the deadline of each request is all there is to wait. */
export function createGuardedAgent(allow: AllowList, resolve: ResolveHost): Agent {
  return new Agent({ connect: guardedConnector(allow, resolve), headersTimeout: 0, bodyTimeout: 0, keepAliveTimeout: 4_000 });
}
