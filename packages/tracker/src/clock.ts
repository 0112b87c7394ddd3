/** Time as the tracker sees it, so that a test can hold it in its hands. */
export type Clock = {
  /** Milliseconds since 1970. */
  now: () => number;
  /** Runs something once after so many milliseconds, unless the function it returns is called before. */
  after: (delayMs: number, run: () => void) => () => void;
};

export const realClock: Clock = {
  now: () => Date.now(),
  after: (delayMs, run) => {
    const timer = setTimeout(run, delayMs);
    return () => clearTimeout(timer);
  },
};
