/** What a start on an existing database costs until the first answer: CPU of the process, wall time, memory. `node scripts/bench/startup.mjs` */
import { spread } from './compare.mjs';
import { startPostgresql } from './database.mjs';
import { runServer } from './run-server.mjs';
import { seed } from './seed.mjs';

const postgresql = await startPostgresql();
try {
  const seeded = await seed({ databaseUrl: postgresql.url }, 100);
  const rows = [];
  for (let round = 0; round < 7; round++) {
    const startedAt = performance.now();
    const server = await runServer('ours', { database: { databaseUrl: postgresql.url }, ...seeded });
    const response = await fetch(`${server.url}/v1/apps/${seeded.appIds[0]}`, { headers: { 'X-API-Key': seeded.organizationKey } });
    if (!response.ok) throw new Error(`the first answer was ${response.status}`);
    await response.text();
    rows.push({ cpuMs: server.cpuSeconds() * 1000, wallMs: performance.now() - startedAt, rssMib: server.rssBytes() / 2 ** 20 });
    await server.stop();
  }
  for (const name of ['cpuMs', 'wallMs', 'rssMib']) {
    const { median, min, max } = spread(rows.map((row) => row[name]));
    console.log(`${name}  median ${median.toFixed(0)}  least ${min.toFixed(0)}  most ${max.toFixed(0)}`);
  }
} finally {
  postgresql.stop();
}
