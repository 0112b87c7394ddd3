// A process for the tests to kill: writes pairs of teams in transactions and reports a name only once it is committed.
import { randomUUID } from 'node:crypto';
import { openDatabase } from '../open-database.ts';

const [dataDir, organizationId = '', round] = process.argv.slice(2);
const db = await openDatabase({ dataDir });
const insert = {
  name: 'insert team',
  text: 'INSERT INTO teams (organization_id, id, name, created_at, updated_at) VALUES ($1, $2, $3, now(), now())',
};
for (let number = 0; ; number++) {
  const names = [`${round}-${number}-a`, `${round}-${number}-b`];
  await db.transact(organizationId, async (tx) => {
    for (const name of names) await tx.query({ ...insert, values: [organizationId, randomUUID(), name] });
  });
  for (const name of names) process.send?.(name);
}
