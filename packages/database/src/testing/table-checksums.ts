import pg from 'pg';
import type { Queryable } from '../database.ts';

/**
 * A checksum of the rows of every table (partitions count as their table), by table name: equal before and after means that nothing was
 * stored, changed or removed. The order of rows does not matter.
 */
export async function tableChecksums(admin: Queryable): Promise<Record<string, string>> {
  const tables = await admin.query<{ name: string }>({
    text: `SELECT relname AS name FROM pg_class
           WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p') AND NOT relispartition ORDER BY relname`,
  });
  if (tables.rows.length === 0) return {};
  const parts = tables.rows.map(({ name }) => {
    const rows = `SELECT md5(each::text) AS row_hash FROM public.${pg.escapeIdentifier(name)} AS each`;
    return `SELECT ${pg.escapeLiteral(name)} AS name, count(*) || ' rows ' || md5(coalesce(string_agg(row_hash, '' ORDER BY row_hash), '')) AS checksum FROM (${rows}) AS hashed`;
  });
  const { rows } = await admin.query<{ name: string; checksum: string }>({ text: parts.join('\nUNION ALL ') });
  return Object.fromEntries(rows.map(({ name, checksum }) => [name, checksum]));
}
