import { expect, it } from 'vitest';
import { keepsTickObject } from './keep-tick-object.ts';

it('found an object of process.nextTick to keep: without one, each request may cost a tenth more', () => {
  expect(keepsTickObject).toBe(true);
});
