import { describe, expect, it } from 'vitest';
import { tableChecksums } from '../testing.ts';
import { engines } from './engines.ts';
import { acme, globex, insertOrganization } from './sample-rows.ts';

describe.each(engines)('a test database on $engine', ({ open }) => {
  it('has checksums that see every insert, change and removal, and only those', async () => {
    const db = await open();
    const empty = await tableChecksums(db.admin);
    expect(Object.keys(empty)).toContain('organizations');
    await db.transact(acme, (tx) => insertOrganization(tx, acme));
    const one = await tableChecksums(db.admin);
    expect(Object.keys(one).filter((name) => one[name] !== empty[name])).toEqual(['organizations']);
    await db.admin.query({ text: `UPDATE organizations SET name = 'Another'` });
    expect(await tableChecksums(db.admin)).not.toEqual(one);
    await db.admin.query({ text: 'DELETE FROM organizations' });
    expect(await tableChecksums(db.admin)).toEqual(empty);
    await db.close();
  });

  it('is empty, whatever happened in another', async () => {
    const [first, second] = await Promise.all([open(), open()]);
    await first.transact(globex, (tx) => insertOrganization(tx, globex));
    expect((await second.admin.query({ text: 'SELECT id FROM organizations' })).rows).toEqual([]);
    expect((await first.admin.query({ text: 'SELECT id FROM organizations' })).rows).toEqual([{ id: globex }]);
    await Promise.all([first.close(), second.close()]);
  });
});
