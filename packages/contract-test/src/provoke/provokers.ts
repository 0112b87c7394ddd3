import type { Operation } from '../contract.ts';
import type { Run } from '../run.ts';
import type { Principals } from '../target.ts';
import { conflicts } from './conflicts.ts';
import { outages } from './outages.ts';
import { refusals } from './refusals.ts';

/** Sends requests until the operation has answered the status, or throws `NotChecked` when there is no way. */
export type Provoker = (run: Run, operation: Operation, principals: Principals) => Promise<void>;

/** What causes each error status, for any operation. */
export const earlyProvokers: Record<number, Provoker> = { ...refusals, ...conflicts };
export const lateProvokers: Record<number, Provoker> = outages;
