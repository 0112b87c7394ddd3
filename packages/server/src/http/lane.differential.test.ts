import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { parse as parseQuery } from 'node:querystring';
import { pathToFileURL } from 'node:url';
import { readDocument } from '@appstead/contract/document';
import { type RandomRequest, randomRequests } from '@appstead/contract-test';
import express, { type Request, type Response } from 'express';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { type BuiltParts, builtValidators, fingerprint } from './built-lanes.ts';
import { indexContract } from './contract-index.ts';
import { createJudge } from './judge.ts';
import { createLanes, type Lane, type Parts, type PartValidators } from './lane.ts';
import { compileParts, partsSource } from './lane-compiler.ts';
import type { Problem } from './problem.ts';
import { createValidator, type Validator } from './validate.ts';

const runs = Number(process.env.DIFFERENTIAL_RUNS ?? 5_000);
const seed = Number(process.env.DIFFERENTIAL_SEED ?? Math.floor(Math.random() * 2 ** 31));
const operations = indexContract(readDocument());
const app = express().set('query parser', 'simple').enable('strict routing').enable('case sensitive routing');

const validatorsOf = { 'compiled at start': compiledNow, built: builtBefore };

it.each(Object.entries(validatorsOf))(
  `the lane, %s, and the validator behind it never differ from the validator alone (${runs} requests, seed ${seed})`,
  {
    timeout: 3_600_000,
  },
  async (_, make) => {
    const validator = await createValidator(readDocument(), operations, app);
    const lanes = createLanes(operations, await make());
    const counts = { sure: 0, valid: 0 };
    const counted = new Map<string, Lane>(
      [...lanes].map(([id, lane]) => [
        id,
        (request) => {
          const parts = lane(request);
          if (parts) counts.sure++;
          return parts;
        },
      ]),
    );
    await fc.assert(
      fc.asyncProperty(randomRequests(readDocument()), async (request) => {
        const alone = await verdict(request, new Map(), validator);
        const both = await verdict(request, counted, validator);
        if (alone.parts) counts.valid++;
        expect(both).toEqual(alone);
      }),
      { seed, numRuns: runs },
    );
    console.log(`${runs} requests: ${counts.valid} valid, ${counts.sure} of them surely so by the lane`);
    expect(counts.valid).toBeGreaterThan(runs / 10);
    // Everything else is right but slow; a lane that is hardly ever sure would be no lane.
    expect(counts.sure / counts.valid).toBeGreaterThan(0.5);
  },
);

async function compiledNow(): Promise<PartValidators> {
  return compileParts(readDocument());
}

/** As the build writes them into a file and a start reads them from it. */
async function builtBefore(): Promise<PartValidators> {
  const file = join(await mkdtemp(join(tmpdir(), 'built-parts-')), 'parts.mjs');
  await writeFile(file, partsSource(readDocument(), operations));
  const built: BuiltParts = await import(pathToFileURL(file).href);
  expect(built.builtFor).toBe(fingerprint(readDocument()));
  await rm(dirname(file), { recursive: true });
  return builtValidators(built);
}

type Verdict = { parts?: Parts; problem?: unknown };

/** What the request path would get: the valid parts, or the problem; anything but a problem is a fault of ours. */
async function verdict(
  { operationId, params, rawQuery, headers, body }: RandomRequest,
  lanes: Map<string, Lane>,
  validator: Validator,
): Promise<Verdict> {
  const operation = operations.find(({ id }) => id === operationId);
  if (!operation) throw new Error(`no operation ${operationId}`);
  const path = operation.path.replaceAll(/\{([^}]+)\}/g, (_, name: string) => encodeURIComponent(params[name] || 'x'));
  const decoded = Object.fromEntries(Object.entries(params).map(([name, value]) => [name, value || 'x']));
  const url = rawQuery === '' ? path : `${path}?${rawQuery}`;
  const type = operation.bodyTypes[0] === undefined ? {} : { 'content-type': operation.bodyTypes[0] };
  const req = {
    ...{ app, method: operation.method.toUpperCase(), url, originalUrl: url, path, baseUrl: '' },
    ...{ params: decoded, query: { ...parseQuery(rawQuery) }, headers: { ...headers, ...type } },
  };
  try {
    const judge = createJudge(lanes, validator);
    const given = await judge(req as unknown as Request, {} as Response, { rawQuery } as never, operation, structuredClone(body));
    return { parts: { params: { ...given.params }, query: { ...given.query }, body: given.body } };
  } catch (error) {
    if ((error as Error).name !== 'Problem') throw error;
    const { code, status, detail, errors } = error as Problem;
    return { problem: { code, status, detail, errors } };
  }
}
