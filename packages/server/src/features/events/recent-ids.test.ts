import { expect, it } from 'vitest';
import { RecentIds } from './recent-ids.ts';

it('keeps the ids that were added last, and forgets those before them', () => {
  const ids = new RecentIds(3);
  for (const id of ['a', 'b', 'c', 'c', 'd', 'e']) ids.add(id);
  expect(['a', 'b', 'c', 'd', 'e'].filter((id) => ids.has(id))).toEqual(['c', 'd', 'e']);
});
