import type pg from 'pg';

const applicationRole = 'appstead_app';

/**
 * The role that the application's connections act as, so that row-level security applies to them even when they log in as a superuser.
 * Made when missing and allowed. Undefined when it cannot be used and is not needed: the login is an ordinary owner, whom FORCE ROW LEVEL
 * SECURITY covers. Rejects when it is needed and cannot be had.
 */
export async function ensureApplicationRole(owner: pg.ClientBase): Promise<string | undefined> {
  const { rows } = await owner.query<{ bypasses: boolean; creates: boolean; superuser: boolean }>(
    `SELECT rolsuper OR rolbypassrls AS bypasses, rolsuper OR rolcreaterole AS creates, rolsuper AS superuser
     FROM pg_roles WHERE rolname = current_user`,
  );
  const login = rows[0];
  if (login?.creates) {
    await createRole(owner);
    if (!login.superuser) await owner.query(`GRANT ${applicationRole} TO CURRENT_USER`).catch(() => undefined);
  }
  if (await canAct(owner)) return applicationRole;
  if (login?.bypasses)
    throw new Error(
      `The database user bypasses row-level security and may not act as ${applicationRole}. ` +
        `As a superuser run: CREATE ROLE ${applicationRole} NOLOGIN; GRANT ${applicationRole} TO the user; or connect as an ordinary owner.`,
    );
  return undefined;
}

// Roles belong to the whole cluster: another database's start may make it at the same moment.
async function createRole(owner: pg.ClientBase): Promise<void> {
  const { rowCount } = await owner.query('SELECT FROM pg_roles WHERE rolname = $1', [applicationRole]);
  if (rowCount) return;
  try {
    await owner.query(`CREATE ROLE ${applicationRole} NOLOGIN NOSUPERUSER NOBYPASSRLS`);
  } catch (error) {
    const { code } = error as { code?: string };
    if (code !== '42710' && code !== '23505') throw error;
  }
}

async function canAct(owner: pg.ClientBase): Promise<boolean> {
  const { rows } = await owner.query<{ usable: boolean }>(
    'SELECT NOT rolsuper AND NOT rolbypassrls AS usable FROM pg_roles WHERE rolname = $1',
    [applicationRole],
  );
  if (!rows[0]?.usable) return false;
  try {
    await owner.query(`SET ROLE ${applicationRole}`);
    await owner.query('RESET ROLE');
    return true;
  } catch {
    return false;
  }
}

/**
 * Rows of every table may be read and written by the role, except the record of migrations. Partitions are left out: through their
 * table row-level security applies, on them alone it would not.
 */
export async function grantToApplicationRole(owner: pg.ClientBase): Promise<void> {
  await owner.query(`GRANT USAGE ON SCHEMA public TO ${applicationRole}`);
  await owner.query(`DO $$
    DECLARE target record;
    BEGIN
      FOR target IN
        SELECT relname, relkind FROM pg_class
        WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p', 'v', 'S') AND NOT relispartition AND relname <> 'schema_migrations'
      LOOP
        IF target.relkind = 'S' THEN
          EXECUTE format('GRANT USAGE, SELECT ON SEQUENCE public.%I TO ${applicationRole}', target.relname);
        ELSE
          EXECUTE format('GRANT SELECT, INSERT, UPDATE, DELETE ON public.%I TO ${applicationRole}', target.relname);
        END IF;
      END LOOP;
    END $$`);
  await owner.query(`GRANT EXECUTE ON FUNCTION ensure_event_partition(timestamptz), drop_event_partitions(timestamptz), summarize_event_ids()
    TO ${applicationRole}`);
  // What the job queue needs to send, fetch and settle; making and removing queues is the owner's.
  await owner.query(`GRANT USAGE ON SCHEMA pgboss TO ${applicationRole};
    GRANT SELECT, INSERT, UPDATE, DELETE ON pgboss.job TO ${applicationRole};
    GRANT SELECT ON pgboss.queue, pgboss.version TO ${applicationRole};
    GRANT UPDATE (maintained_on) ON pgboss.version TO ${applicationRole}`);
}
