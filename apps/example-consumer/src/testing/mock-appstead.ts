import type { App, Problem, paths } from '@appstead/contract';
import { readDocument } from '@appstead/contract/document';
import { setupServer } from 'msw/node';
import { createOpenApiHttp } from 'openapi-msw';
import { afterAll, afterEach, beforeAll, expect } from 'vitest';
import { checkAnswer } from './answer-check.ts';

export const appsteadUrl = 'https://appstead.test';

/** Handlers typed from the contract: a path, status or field it lacks does not compile. */
export const appstead = createOpenApiHttp<paths>({ baseUrl: appsteadUrl });

const { examples, responses } = readDocument().components;
const shown = examples.App?.value as { app: App } | undefined;

/** An app as the contract shows one, so that the mock cannot miss a field. */
export function exampleApp(fields: Partial<App> = {}): App {
  if (!shown) throw new Error('The contract has no example named App');
  return { ...shown.app, ...fields };
}

/** A problem as the contract shows one, by the name of its response. */
export function exampleProblem(name: string, fields: Partial<Problem> = {}): Problem {
  return { ...(responses[name]?.content?.['application/problem+json']?.example as Problem), ...fields };
}

export const problemType = { headers: { 'Content-Type': 'application/problem+json' } };

/**
 * Lays mocks over Appstead for the tests of a file. Types say nothing of formats, patterns and lengths, so after each test every mocked
 * answer is also checked against the contract; and a call to Appstead that no mock answers is an error, not a call to the network.
 */
export function mockAppstead() {
  const server = setupServer();
  const checks: Promise<string[]>[] = [];
  server.events.on('response:mocked', ({ request, response }) => {
    checks.push(checkAnswer(request.method, new URL(request.url).pathname, response.clone()));
  });
  beforeAll(() => {
    server.listen({
      onUnhandledRequest(request, print) {
        if (request.url.startsWith(appsteadUrl)) print.error();
      },
    });
  });
  afterEach(async () => {
    server.resetHandlers();
    expect((await Promise.all(checks.splice(0))).flat(), 'mocked answers that the contract does not allow').toEqual([]);
  });
  afterAll(() => server.close());
  return server;
}
