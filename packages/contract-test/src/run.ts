import type { Arbitraries } from './arbitrary.ts';
import type { Contract, Operation } from './contract.ts';
import type { Recorder } from './request.ts';
import type { Results } from './results.ts';
import type { Target } from './target.ts';
import type { Validators } from './validators.ts';
import type { Worlds } from './worlds.ts';

/** What every check works with. */
export type Run = {
  target: Target;
  contract: Contract;
  /** The operations to check: all of the contract unless some were asked for. */
  operations: Operation[];
  recorder: Recorder;
  results: Results;
  validators: Validators;
  arbitraries: Arbitraries;
  worlds: Worlds;
  /** Random requests per operation and direction (valid, broken). */
  runs: number;
  seed: number;
  /** Whether the target makes organizations to throw away: then nothing may stay unchecked, and nothing need be spared. */
  disposable: boolean;
  /** Whether the kit may use up rate limits. */
  exhaustLimits: boolean;
  /** Which of an operation's examples worked last, so that a used-up one is not tried each time. */
  exampleIndex: Map<string, number>;
  /** A new seed each time, the same series for the same run. */
  nextSeed(): number;
};

export type Check = { name: string; title: string; run(run: Run): Promise<void> };
