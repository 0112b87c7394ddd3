import type { Plan } from '../plan.ts';

/** One way to make a valid request wrong. */
export type Mutation = {
  /** Unique within an operation, such as `body.name: too long`. */
  name: string;
  /** `undefined` when this request cannot be made wrong that way. */
  apply(plan: Plan): Plan | undefined;
  /** What it may be refused with; 400 without it. 404 or 409 would mean that it was taken for valid and met a state. */
  statuses?: number[];
  /** A place that the problem must name in `errors`, such as `body.platform`. */
  namedPlace?: string;
};
