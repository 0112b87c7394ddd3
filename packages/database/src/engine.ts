import type pg from 'pg';
import type { Database } from './database.ts';
import type { Listener } from './listener.ts';

/** What differs between the two engines: how connections are made, how messages arrive, and what lies beneath the connections. */
export interface Engine {
  readonly kind: Database['kind'];
  /** A connection of the owner of the schema: migrations, and assertions in tests. */
  readonly ownerSettings: pg.ClientConfig;
  /** The connections of the application; `role` is what they act as, when it differs from who they log in as. */
  poolSettings(role: string | undefined): pg.PoolConfig;
  /** How many connections quick reads share, besides those of the pool; 0 where there is only one session. */
  readonly sharedSize: number;
  /** Runs on each new connection before anything else does. */
  afterConnect(client: pg.ClientBase, role: string | undefined): Promise<void>;
  /** Runs as the owner at every start, after the migrations. */
  prepare(owner: pg.ClientBase, role: string | undefined): Promise<void>;
  listener(pool: pg.Pool, log: (message: string) => void): Listener;
  /** Begins whatever must happen from time to time while the database is open; returns how to end that. */
  tend(pool: pg.Pool, log: (message: string) => void): () => void;
  /** After the last connection is closed. */
  close(): Promise<void>;
}
