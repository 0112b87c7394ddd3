import type { Queryable } from '@appstead/database';

/**
 * From now on every new app comes with three people, whom it has seen and has an event of each. People come in with the key of their app, and what
 * is derived from the contract alone does not know which key that is.
 */
export async function putPeopleIntoEveryApp(admin: Queryable): Promise<void> {
  await admin.query({ text: `SELECT ensure_event_partition('2026-11-01T00:00:00Z')` });
  await admin.query({
    text: `CREATE OR REPLACE FUNCTION put_people() RETURNS trigger LANGUAGE plpgsql AS $$
      BEGIN
        INSERT INTO app_users (organization_id, app_id, id, user_id, is_anonymous, first_seen_at, last_seen_at, properties)
        SELECT NEW.organization_id, NEW.id, gen_random_uuid(), 'person ' || n, n = 3, '2026-11-01', timestamptz '2026-11-02' + n * interval '1 hour',
          '{"plan": "pro", "seats": 5, "trial": false}' FROM generate_series(1, 3) AS n;
        INSERT INTO events (organization_id, app_id, id, name, occurred_at, received_at, app_user_id, user_id, platform, country, properties,
          revenue_amount, revenue_currency)
        SELECT NEW.organization_id, NEW.id, gen_random_uuid(), 'bought', people.last_seen_at, people.last_seen_at, people.id, people.user_id, 'web', 'GB',
          '{"sku": "T-100"}', 1999, 'GBP' FROM app_users AS people WHERE people.organization_id = NEW.organization_id AND people.app_id = NEW.id;
        RETURN NULL;
      END $$`,
  });
  await admin.query({ text: 'CREATE TRIGGER put_people AFTER INSERT ON apps FOR EACH ROW EXECUTE FUNCTION put_people()' });
}
