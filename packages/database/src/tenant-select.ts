import type { Statement } from './database.ts';

/**
 * A read of one organization in one statement and one round trip: it sets the organization for row-level security and reads.
 * The caller's text is a SELECT that uses `tenant.id` for the organization and `$2`, `$3`, … for its own values.
 * Inside a transaction it sets the organization for what follows as well, so there it takes the organization of the transaction.
 * Throws when the text leaves `tenant.id` out, because nothing would then make the setting happen before rows are read.
 */
export function tenantSelect(organizationId: string, statement: Statement): Statement {
  return {
    name: statement.name && `tenant ${statement.name}`,
    text: tenantTexts.wrap(statement.text),
    values: [organizationId, ...(statement.values ?? [])],
    ...(statement.quick ? { quick: true } : {}),
  };
}

/**
 * The same for the reads that come before a tenant is known: a key by its hash, a user by e-mail, a session by the hash of its refresh token.
 * The text uses `lookup.secret`; row-level security lets through the rows whose hash or e-mail equals it.
 */
export function lookUp(secret: string, statement: Statement): Statement {
  return {
    name: statement.name && `lookup ${statement.name}`,
    text: lookUpTexts.wrap(statement.text),
    values: [secret, ...(statement.values ?? [])],
    ...(statement.quick ? { quick: true } : {}),
  };
}

// The lateral reference makes the planner run the setting first, and OFFSET 0 keeps it from pulling the inner query up and reordering it.
// Should a planner ever read first, the setting is empty and no row is visible.
const tenantTexts = wrappedTexts('tenant.id', (inner) => [
  `WITH tenant AS MATERIALIZED (SELECT set_config('app.organization_id', $1, true)::uuid AS id)`,
  `SELECT inner_rows.* FROM tenant CROSS JOIN LATERAL (${inner}\nOFFSET 0) AS inner_rows`,
]);
const lookUpTexts = wrappedTexts('lookup.secret', (inner) => [
  `WITH lookup AS MATERIALIZED (SELECT set_config('app.lookup', $1, true) AS secret)`,
  `SELECT inner_rows.* FROM lookup CROSS JOIN LATERAL (${inner}\nOFFSET 0) AS inner_rows`,
]);

const textsMax = 2_000;

function wrappedTexts(reference: string, lines: (inner: string) => string[]) {
  const known = new Map<string, string>();
  const mentioned = new RegExp(`\\b${reference.replace('.', '\\s*\\.\\s*')}\\b`, 'i');
  return {
    wrap(inner: string): string {
      const cached = known.get(inner);
      if (cached !== undefined) return cached;
      if (!mentioned.test(inner)) throw new TypeError(`The statement must use ${reference}: ${inner}`);
      const text = lines(inner).join('\n');
      // Texts are constants of the program; a caller that builds them must not grow the memory without end.
      if (known.size >= textsMax) known.clear();
      known.set(inner, text);
      return text;
    },
  };
}
