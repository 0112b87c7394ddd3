import { readDocument } from '@appstead/contract/document';
import { randomRequests } from '@appstead/contract-test';
import express, { type Request, type Response } from 'express';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { indexContract } from './contract-index.ts';
import { requestContract } from './request-contract.ts';
import { createValidator } from './validate.ts';

const seed = Math.floor(Math.random() * 2 ** 31);
const operations = indexContract(readDocument());
const app = express().set('query parser', 'simple').enable('strict routing').enable('case sensitive routing');

it(`the validator judges by the part of the contract about requests as by all of it (2000 requests, seed ${seed})`, {
  timeout: 300_000,
}, async () => {
  const byAll = await createValidator(readDocument(), operations, app);
  const byPart = await createValidator(requestContract(readDocument()), operations, app);
  await fc.assert(
    fc.asyncProperty(randomRequests(readDocument()), async ({ operationId, params, rawQuery, headers, body }) => {
      const operation = operations.find(({ id }) => id === operationId);
      if (!operation) throw new Error(`no operation ${operationId}`);
      const path = operation.path.replaceAll(/\{([^}]+)\}/g, (_, name: string) => encodeURIComponent(params[name] || 'x'));
      const url = rawQuery === '' ? path : `${path}?${rawQuery}`;
      const type = operation.bodyTypes[0] === undefined ? {} : { 'content-type': operation.bodyTypes[0] };
      const judge = async (validator: typeof byAll) => {
        const req = {
          ...{ app, method: operation.method.toUpperCase(), url, originalUrl: url, path, baseUrl: '', params: {} },
          ...{ query: Object.fromEntries(new URLSearchParams(rawQuery)), headers: { ...headers, ...type }, body: structuredClone(body) },
        };
        const verdict = await validator(req as unknown as Request, {} as Response, operation).catch(({ code, status, detail, errors }) => ({
          ...{ code, status, detail, errors },
        }));
        return { verdict, params: req.params, query: req.query, body: req.body };
      };
      expect(await judge(byPart)).toEqual(await judge(byAll));
    }),
    { seed, numRuns: 2_000 },
  );
});

it('keeps nothing of answers, and of the components what requests refer to, through any number of references', () => {
  const document = {
    openapi: '3.1.0',
    info: { title: 'T', version: '1' },
    paths: {
      '/a': {
        parameters: [{ $ref: '#/components/parameters/Shared' }],
        post: {
          operationId: 'a',
          requestBody: { content: { 'application/json': { schema: { $ref: '#/components/schemas/In' } } } },
          responses: { 200: { $ref: '#/components/responses/Out' } },
        },
      },
    },
    components: {
      securitySchemes: {},
      parameters: { Shared: { name: 'x', in: 'query', schema: { $ref: '#/components/schemas/Deep' } }, Unused: {} },
      responses: { Out: { content: { 'application/json': { schema: { $ref: '#/components/schemas/Out' } } } } },
      schemas: {
        In: { oneOf: [{ $ref: '#/components/schemas/Nowhere' }], discriminator: { mapping: { a: '#/components/schemas/Mapped' } } },
        Mapped: { properties: { again: { $ref: '#/components/schemas/In' } } },
        Deep: { type: 'string' },
        Out: { type: 'object' },
      },
    },
  };
  const kept = requestContract(document as never);
  expect(Object.keys(kept.components.schemas).sort()).toEqual(['Deep', 'In', 'Mapped']);
  expect(Object.keys(kept.components.parameters)).toEqual(['Shared']);
  expect(kept.components.responses).toBeUndefined();
  expect(JSON.stringify(kept)).not.toContain('responses');
  kept.paths['/a'] = {};
  expect(document.paths['/a'].post.operationId, 'the copy is one').toBe('a');
});
