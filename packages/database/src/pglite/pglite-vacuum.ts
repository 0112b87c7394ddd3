import type pg from 'pg';

/** Above this a pass would keep everybody waiting for many seconds, and could meet the time limit of a statement, which ends the database. */
const vacuumBytesMax = 512 * 1024 * 1024;

/** The tables of which a fifth was replaced or removed, or a tenth has changed since the planner last looked: the rules of autovacuum. */
const changedText = `SELECT name, dead, changed FROM (
    SELECT quote_ident(relname) AS name, n_mod_since_analyze > 50 + 0.1 * n_live_tup AS changed,
      n_dead_tup > 50 + 0.2 * n_live_tup AND pg_table_size(relid) < ${vacuumBytesMax} AS dead
    FROM pg_stat_user_tables WHERE schemaname = 'public') AS tables
  WHERE dead OR changed ORDER BY name`;

/**
 * What autovacuum does on a server: frees the place of rows that are gone, and counts anew what the planner goes by. Without the counts it takes
 * every index that begins with an organization and an app for equally good, and reads all people of an app to find one. One table after the
 * other, and others may use the session in between; resolves with the names of the tables.
 */
export async function vacuumChangedTables(pool: pg.Pool): Promise<string[]> {
  const { rows } = await pool.query<{ name: string; dead: boolean; changed: boolean }>(changedText);
  for (const { name, dead, changed } of rows) {
    if (dead) await pool.query(`VACUUM ${changed ? '(ANALYZE) ' : ''}public.${name}`);
    else await pool.query(`ANALYZE public.${name}`);
  }
  return rows.map(({ name }) => name);
}
