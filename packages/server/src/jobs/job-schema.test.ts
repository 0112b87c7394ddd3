import { readFile } from 'node:fs/promises';
import { type TestDatabase, testDatabase } from '@appstead/database/testing';
import PgBoss from 'pg-boss';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { jobRules } from './job-queues.ts';

let db: TestDatabase;
beforeAll(async () => {
  db = await testDatabase();
});
afterAll(() => db.close());

const statements = (sql: string) =>
  sql
    .replaceAll(/--.*$/gm, '')
    .split(';')
    .map((statement) => statement.replaceAll(/\s+/g, ' ').trim())
    .filter((statement) => statement !== '');

describe('the schema of the queue', () => {
  it('is the one that the installed pg-boss makes', async () => {
    const made = statements(PgBoss.getConstructionPlans('pgboss')).slice(4, -1);
    const ours = statements(await readFile(new URL('../../../database/migrations/0009_jobs.sql', import.meta.url), 'utf8'));
    expect(made[0]).toBe('CREATE SCHEMA IF NOT EXISTS pgboss');
    expect(ours.slice(0, made.length)).toEqual(made);
  });

  it('has a queue for every kind of job and no other', async () => {
    const { rows } = await db.admin.query<{ name: string }>({ text: 'SELECT name FROM pgboss.queue ORDER BY name' });
    expect(rows.map(({ name }) => name)).toEqual(Object.keys(jobRules).sort());
  });

  it('lets the application use jobs, and neither make nor remove a queue nor reach past the one table', async () => {
    for (const text of [
      `SELECT pgboss.create_queue('intruder', '{}')`,
      `SELECT pgboss.delete_queue('retention')`,
      'CREATE TABLE pgboss.intruder (id int)',
      'DELETE FROM pgboss.queue',
      'UPDATE pgboss.version SET version = 1',
      'SELECT * FROM pgboss.archive',
      'TRUNCATE pgboss.job',
    ])
      await expect(db.query({ text }), text).rejects.toMatchObject({ code: '42501' });
  });
});
