import type { TestDatabase } from '../testing.ts';
import { pgliteTestDatabase } from './pglite-test-database.ts';
import { postgresqlTestDatabase } from './postgresql-test-database.ts';

const serverUrl = process.env.TEST_DATABASE_URL;

/** What this package promises on both engines is tested on PGlite, and on PostgreSQL as well when TEST_DATABASE_URL names a server. */
export const engines: { engine: string; open: () => Promise<TestDatabase> }[] = [
  { engine: 'pglite', open: () => pgliteTestDatabase() },
  ...(serverUrl ? [{ engine: 'postgresql', open: () => postgresqlTestDatabase(serverUrl) }] : []),
];
