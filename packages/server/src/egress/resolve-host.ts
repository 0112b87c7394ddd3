import { lookup, Resolver } from 'node:dns/promises';

/** Every address of a host. Rejects when there is none. */
export type ResolveHost = (host: string, isOwn: boolean) => Promise<string[]>;

const timeoutMs = 3_000;
const tries = 2;

/**
 * The look-up of the platform runs in a small pool of threads that passwords are hashed in as well, and strangers' slow name servers could fill
 * it. So it is kept for names the operator listed, which may stand in a hosts file; all others are asked for without a thread.
 */
export const resolveHost: ResolveHost = async (host, isOwn) => {
  if (isOwn) return (await lookup(host, { all: true })).map(({ address }) => address);
  const resolver = new Resolver({ timeout: timeoutMs, tries });
  const answers = await Promise.allSettled([resolver.resolve4(host), resolver.resolve6(host)]);
  return answers.flatMap((answer) => (answer.status === 'fulfilled' ? answer.value : []));
};
