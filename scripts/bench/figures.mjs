import { compare } from './compare.mjs';
import { embeddedAgainstServer } from './embedded-against-server.mjs';
import { generatorCost } from './generator-cost.mjs';
import { measureStarts, median } from './startup.mjs';
import { flatness, validationCost } from './validation-cost.mjs';

/**
 * Every figure of docs/benchmarks.md: what is compared, what must be reached, and how it is measured. `run` returns the ratio of each round.
 * Ratios are arranged so that more is better, except where `atMost` says otherwise. A figure with a `unit` is no ratio.
 */
export const figures = [
  {
    id: 'G1',
    title:
      '`getApp` with everything (key, access, validation, limits, metrics, request id, sampled log) against bare node:http with the same SQL',
    atLeast: 0.8,
    run: (bench) => compare({ ...bench, a: 'ours', b: 'node-http', ...withHeaders(getApp(bench)) }),
  },
  {
    id: 'G2',
    title: 'The same against Fastify 5 with schemas and the same SQL',
    atLeast: 1,
    run: (bench) => compare({ ...bench, a: 'ours', b: 'fastify', ...getApp(bench) }),
  },
  {
    id: 'G2s',
    title: 'The same against stock Express with express-openapi-validator and the same SQL, for orientation',
    run: (bench) => compare({ ...bench, rounds: bench.otherRounds, a: 'ours', b: 'express-openapi', ...getApp(bench) }),
  },
  {
    id: 'G2b',
    title: '`createApp` (idempotency, audit, one transaction) against Fastify with the same statements',
    atLeast: 0.95,
    run: (bench) => compare({ ...bench, rounds: bench.otherRounds, a: 'ours', b: 'fastify', ...createApp(bench) }),
  },
  {
    id: 'G3',
    title: 'An operation without database against bare node:http with the same bytes',
    atLeast: 0.65,
    run: (bench) =>
      compare({
        ...bench,
        a: 'ours',
        b: 'node-http',
        requests: [{ path: '/health/live' }],
        sample: { path: '/health/live', headersToo: true },
      }),
  },
  {
    id: 'G4',
    title: 'CPU of one validation at 150 operations: the lane against express-openapi-validator alone',
    atMost: 0.1,
    run: (bench) => validationCost(bench.rounds),
  },
  {
    id: 'G4f',
    title: 'CPU of route and validation: the last of 300 operations against the first',
    atMost: 1.1,
    run: (bench) => flatness(bench.rounds, 'place'),
  },
  {
    id: 'G4n',
    title: 'CPU of route and validation: 300 operations against 10',
    atMost: 1.1,
    run: (bench) => flatness(bench.rounds, 'number'),
  },
  {
    id: 'G10r',
    title: 'Reads (`getApp`) on the embedded database against PostgreSQL',
    atLeast: 0.2,
    run: (bench) => embeddedAgainstServer({ ...bench, rounds: bench.otherRounds }, getApp(bench)),
  },
  {
    id: 'G10w',
    title: 'Writes (`createApp`) on the embedded database against PostgreSQL',
    atLeast: 0.5,
    run: (bench) => embeddedAgainstServer({ ...bench, rounds: bench.otherRounds }, createApp(bench)),
  },
  {
    id: 'G14',
    title: 'Generating from a contract of 600 operations against openapi-typescript alone',
    atMost: 2,
    run: (bench) => generatorCost(bench.otherRounds),
  },
  {
    id: 'S1',
    title: 'CPU of a start on an existing PostgreSQL database, until the first answer of an operation that reads it',
    atMost: 400,
    unit: 'ms',
    run: (bench) => starts({ DATABASE_URL: bench.settings.database.databaseUrl }, bench, bench.rounds),
    beside: besideStart,
  },
  {
    id: 'S2',
    title: 'The same on the embedded database, which starts a PostgreSQL inside the process',
    unit: 'ms',
    run: (bench) => starts({ DATA_DIR: bench.embedded.folder }, bench.embedded, bench.otherRounds),
    beside: besideStart,
  },
];

async function starts(variables, { settings, appIds }, rounds) {
  const measured = await measureStarts(variables, { ...settings, appIds }, rounds);
  return measured.map((start) => ({ ratio: start.first.cpuMs, start }));
}

function besideStart(rows) {
  const of = (pick) => median(rows.map(({ start }) => pick(start))).toFixed(0);
  return `first answer after ${of(({ first }) => first.wallMs)} ms; ready after ${of(({ ready }) => ready.wallMs)} ms and ${of(({ ready }) => ready.cpuMs)} ms of CPU; ${of(({ rssMib }) => rssMib)} MiB`;
}

function getApp({ settings, appIds }) {
  const headers = { 'X-API-Key': settings.organizationKey };
  const requests = appIds.slice(0, 1_000).map((id) => ({ path: `/v1/apps/${id}`, headers }));
  return { requests, sample: { path: `/v1/apps/${appIds[7]}`, headers } };
}

/** The bare server sends the same headers as well, and that is checked. */
function withHeaders({ requests, sample }) {
  return { requests, sample: { ...sample, headersToo: true } };
}

function createApp({ settings }) {
  // `[<id>]` is replaced by the load generator with a text of its own for each request.
  const headers = { 'X-API-Key': settings.organizationKey, 'Content-Type': 'application/json', 'Idempotency-Key': '[<id>]' };
  const request = {
    method: 'POST',
    path: '/v1/apps',
    headers,
    body: JSON.stringify({ name: 'Made under load', timezone: 'Europe/Berlin' }),
  };
  const masked = (text) => text.replaceAll(/"(id|api_key|api_secret|created_at|updated_at)":"[^"]*"/g, '"$1":"…"');
  return {
    requests: [request],
    sample: { ...request, headers: { ...headers, 'Idempotency-Key': crypto.randomUUID() }, comparable: masked },
    withIds: true,
  };
}
