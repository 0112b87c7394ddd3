import { type Handlers, tenantOf } from '../../http/context.ts';
import { canonicalTimezone } from '../apps/app-fields.ts';
import { requireApp } from '../apps/apps.ts';
import { rangeOf, startsOf } from './stats-range.ts';
import * as store from './stats-store.ts';

export function statsHandlers(): Handlers<'getAppStats'> {
  return {
    async getAppStats({ path, query }, context) {
      const { organizationId } = tenantOf(context);
      const { metric = 'events', group_by: group = 'day', limit = 50 } = query;
      const app = await requireApp(context.db, organizationId, path.app_id);
      const zone = query.timezone === undefined ? app.timezone : canonicalTimezone(query.timezone);
      const range = rangeOf({ from: query.from, to: query.to, group, zone }, context.now);
      const [from, to] = [iso(range.fromMs), iso(range.toMs)];
      const asked = { metric, group_by: group, timezone: zone, from, to };

      if (group === 'day' || group === 'hour') {
        const starts = startsOf(range, group, zone);
        const counts = await store.countByTime(context.db, organizationId, app.id, range, starts);
        const buckets = starts.map((start, index) => ({
          start: iso(start),
          end: iso(starts[index + 1] ?? range.toMs),
          value: counts[index] ?? 0,
        }));
        return { status: 200, body: { success: true, stats: { ...asked, total: sum(counts), other: 0, buckets } } };
      }

      const { largest, total } = await store.countByKey(context.db, organizationId, app.id, range, group, limit);
      const buckets = largest.map(({ key, value }) => ({ key: key === '' ? null : key, value }));
      const other = total - sum(largest.map(({ value }) => value));
      return { status: 200, body: { success: true, stats: { ...asked, total, other, buckets } } };
    },
  };
}

function iso(atMs: number): string {
  return new Date(atMs).toISOString();
}

function sum(values: number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
