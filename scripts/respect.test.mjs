import { describe, expect, it } from 'vitest';
import { countSteps } from './respect.mjs';

describe('countSteps', () => {
  it('counts what Redocly sums up', () => {
    expect(countSteps('  Summary\n  \n  Workflows: 1 passed, 1 total\n  Steps: 17 passed, 17 total\n')).toEqual({ passed: 17, failed: 0 });
    expect(countSteps('  Steps: 10 passed, 1 failed, 11 total\n')).toEqual({ passed: 10, failed: 1 });
    expect(countSteps('  Steps: 1 failed, 1 total\n')).toEqual({ passed: 0, failed: 1 });
  });

  it('takes a run that did nothing for a failure', () => {
    expect(countSteps('')).toEqual({ passed: 0, failed: 1 });
    expect(countSteps('  Steps: 0 total\n')).toEqual({ passed: 0, failed: 1 });
  });
});
