import type { Database, Queryable } from './database.ts';
import { pgliteTestDatabase } from './testing/pglite-test-database.ts';
import { postgresqlTestDatabase } from './testing/postgresql-test-database.ts';

export { tableChecksums } from './testing/table-checksums.ts';

/** `admin` is the owner of the schema and bypasses row-level security: for assertions, never for the code under test. */
export type TestDatabase = Database & { readonly admin: Queryable };

/**
 * A migrated database of its own, empty, gone at `close()`: on the server that TEST_DATABASE_URL names (its user must be allowed to
 * create databases), otherwise PGlite in memory. A template made once makes it a matter of a fraction of a second.
 */
export function testDatabase(): Promise<TestDatabase> {
  const serverUrl = process.env.TEST_DATABASE_URL;
  return serverUrl ? postgresqlTestDatabase(serverUrl) : pgliteTestDatabase();
}
