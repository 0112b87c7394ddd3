import type { Database, Queryable } from '@appstead/database';

/** Makes the partition of `events` for the month (UTC) of an instant, unless it is there. Needs a transaction of its own: it locks the table. */
export async function ensurePartition(db: Queryable, instant: string): Promise<void> {
  await db.query({ name: 'ensure_event_partition', text: 'SELECT ensure_event_partition($1)', values: [instant] });
}

/** The months whose partitions this process knows to be there. */
export class EventPartitions {
  readonly #months = new Set<string>();

  constructor(private readonly db: Database) {}

  /** The partitions for these instants (ISO 8601, UTC) are there when it resolves. */
  async ensure(instants: Iterable<string>): Promise<void> {
    for (const instant of instants) {
      const month = instant.slice(0, 7);
      if (this.#months.has(month)) continue;
      await ensurePartition(this.db, instant);
      this.#months.add(month);
    }
  }

  /** For when one turned out to be gone: retention removes those of the past. */
  forget(): void {
    this.#months.clear();
  }
}

/** Makes the partitions of this and the next month ahead of the first event, so that none waits for it. */
export async function ensureComingPartitions(db: Queryable, now: Date): Promise<void> {
  const next = new Date(Date.UTC(now.getUTCFullYear(), now.getUTCMonth() + 1));
  for (const instant of [now, next]) await ensurePartition(db, instant.toISOString());
}
