import express from 'express';
import { indexContract } from '../../packages/server/dist/http/contract-index.js';
import { createJudge } from '../../packages/server/dist/http/judge.js';
import { createLanes } from '../../packages/server/dist/http/lane.js';
import { compileParts } from '../../packages/server/dist/http/lane-compiler.js';
import { createRoutes } from '../../packages/server/dist/http/route-operations.js';
import { createValidator } from '../../packages/server/dist/http/validate.js';
import { syntheticContract } from './synthetic-contract.mjs';

const id = '01939f5c-9b20-7d66-8b2a-74d9e2f30415';
const body = { name: 'Something', kind: 'b', count: 7 };
const calls = 3_000;

/** Microseconds of CPU of one validation at 150 operations, the lane's over the validator's. The operation is in the middle of the contract. */
export async function validationCost(rounds) {
  const built = await build(150);
  const request = at(built, 75);
  const rows = [];
  for (let round = 0; round < rounds; round++) {
    const lane = await cpuMicros(() => built.judge(...request()), calls * 10);
    const validator = await cpuMicros(() => built.alone(...request()), calls);
    rows.push({ ratio: lane / validator, a: { cpuMicros: lane }, b: { cpuMicros: validator } });
    process.stdout.write(` ${rows.at(-1).ratio.toFixed(3)}`);
  }
  return rows;
}

/** Route and validation: the last operation of 300 against the first, or one of 300 against one of 10. */
export async function flatness(rounds, of) {
  const large = await build(300);
  const small = of === 'number' ? await build(10) : large;
  const [a, b] = of === 'number' ? [at(large, 150), at(small, 5)] : [at(large, 299), at(large, 0)];
  const step = (built, request) => () => {
    const given = request();
    built.routes('POST', given[0].path);
    return built.judge(...given);
  };
  const rows = [];
  for (let round = 0; round < rounds + 1; round++) {
    const first = await cpuMicros(step(large, a), calls * 20);
    const second = await cpuMicros(step(small, b), calls * 20);
    // The first round compiles.
    if (round === 0) continue;
    rows.push({ ratio: first / second, a: { cpuMicros: first }, b: { cpuMicros: second } });
    process.stdout.write(` ${rows.at(-1).ratio.toFixed(2)}`);
  }
  return rows;
}

async function build(count) {
  const document = syntheticContract(count);
  const operations = indexContract(document);
  const app = express().set('query parser', 'simple');
  const validator = await createValidator(structuredClone(document), operations, app);
  return {
    app,
    operations,
    routes: createRoutes(operations),
    judge: createJudge(createLanes(operations, compileParts(document)), validator),
    alone: createJudge(new Map(), validator),
  };
}

/** Makes a fresh request of one operation each time, as the validator writes into it. */
function at({ app, operations }, place) {
  const operation = operations[place];
  const path = operation.path.replace('{thing_id}', id);
  const url = `${path}?limit=10`;
  return () => {
    const headers = { 'content-type': 'application/json' };
    const req = {
      app,
      method: 'POST',
      url,
      originalUrl: url,
      path,
      baseUrl: '',
      params: { thing_id: id },
      query: { limit: '10' },
      headers,
    };
    return [req, {}, { rawQuery: 'limit=10' }, operation, { ...body }];
  };
}

async function cpuMicros(call, times) {
  for (let n = 0; n < times / 5; n++) await call();
  const before = process.cpuUsage();
  for (let n = 0; n < times; n++) await call();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / times;
}
