import { type AddressInfo, createServer } from 'node:net';

/**
 * The port to listen on, a free one for 0, after a first attempt to take it: an address that cannot be had is found out before anything is
 * opened or made. It is let go again, because a port that is open before the server can answer deceives whoever waits for it.
 */
export async function findPort(port: number, host: string): Promise<number> {
  const probe = createServer();
  await new Promise<void>((resolve, reject) => {
    probe.once('error', reject);
    probe.listen(port, host, resolve);
  }).catch((error) => {
    throw describeListenFailure(error, port, host);
  });
  const { port: found } = probe.address() as AddressInfo;
  await new Promise((resolve) => probe.close(resolve));
  return found;
}

/** Why a port cannot be listened on, with what to do about it. */
export function describeListenFailure(error: unknown, port: number, host: string): Error {
  const { code } = error as NodeJS.ErrnoException;
  const reasons: Record<string, string> = {
    EADDRINUSE: `Port ${port} is in use by another process. Stop it, or choose another port, for example PORT=${port + 1}.`,
    EACCES: `Port ${port} may not be opened by this user. Choose one above 1023, for example PORT=3000.`,
    EADDRNOTAVAIL: `The address ${host} is none of this machine. Set HOST to one that is, or leave it out.`,
    ENOTFOUND: `The host name ${host} is not known. Set HOST to an address of this machine, or leave it out.`,
  };
  return new Error(reasons[code ?? ''] ?? `The server cannot listen on ${host}, port ${port}: ${(error as Error).message}`, {
    cause: error,
  });
}
