import { runServer, sendLoad, warmUp } from './run-server.mjs';

/**
 * Our server on the embedded database and on PostgreSQL in turn. The ratio is of requests per second, because the embedded database does its
 * work inside the process and PostgreSQL outside of it, so that their CPU does not compare.
 */
export async function embeddedAgainstServer({ settings, embedded, rounds, seconds, warmSeconds }, { requests, withIds }) {
  const rows = [];
  for (let round = 0; round < rounds; round++) {
    const result = {};
    for (const side of round % 2 === 0 ? ['embedded', 'postgresql'] : ['postgresql', 'embedded']) {
      const used = side === 'embedded' ? embedded : { settings, requests };
      const server = await runServer('ours', used.settings);
      try {
        const load = { requests: side === 'embedded' ? translated(requests, embedded) : requests, withIds };
        await warmUp(server, load, warmSeconds);
        result[side] = await sendLoad(server, { ...load, seconds });
      } finally {
        await server.stop();
      }
    }
    const ratio = result.embedded.perSecond / result.postgresql.perSecond;
    rows.push({ ratio, a: result.embedded, b: result.postgresql });
    process.stdout.write(` ${ratio.toFixed(2)}`);
  }
  return rows;
}

/** The same requests for the ids and the key of the other database. */
function translated(requests, to) {
  return requests.map((request, index) => ({
    ...request,
    path: request.method === 'POST' ? request.path : `/v1/apps/${to.appIds[index % to.appIds.length]}`,
    headers: { ...request.headers, 'X-API-Key': to.settings.organizationKey },
  }));
}
