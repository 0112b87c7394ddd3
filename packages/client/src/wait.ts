/** Resolves after `delayMs`; rejects with the signal's reason when that comes first. */
export type Wait = (delayMs: number, signal: AbortSignal) => Promise<void>;

/** Timers count in 32 bits and fire at once beyond; this is 24 days. */
const delayMsMax = 2 ** 31 - 1;

export const waitOnTimer: Wait = (delayMs, signal) =>
  new Promise((resolve, reject) => {
    signal.throwIfAborted();
    const timer = setTimeout(resolve, Math.min(delayMs, delayMsMax));
    signal.addEventListener('abort', () => {
      clearTimeout(timer);
      reject(signal.reason);
    });
  });
