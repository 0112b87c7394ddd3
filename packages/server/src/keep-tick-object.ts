import { createHook } from 'node:async_hooks';

/**
 * Holds one of the objects that `process.nextTick` makes, for ever. To be imported first of all.
 *
 * V8 forgets the shape of an object when a collection finds none alive, and these live for microseconds. Node 20 builds them by computed keys,
 * whose code remembers one shape only: when that one is gone, every later object is built by the runtime, 0.4 µs each for the life of the
 * process. A request makes eight of them, so 10 % of its time; whether it happened was a matter of luck in each start.
 */
let kept: object | undefined;

const hook = createHook({
  init(_asyncId, type, _triggerAsyncId, resource) {
    if (type === 'TickObject') kept ??= resource;
  },
});
hook.enable();
process.nextTick(() => {});
hook.disable();

/** Whether there is one: other versions of Node may tell nothing, and need it no more. */
export const keepsTickObject = kept !== undefined;
