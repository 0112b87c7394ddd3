import { readFileSync } from 'node:fs';
import { readDocument } from '@appstead/contract/document';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { call, expectProblem } from '../../testing/call.ts';
import { type Harness, metricsToken, startServer } from '../../testing/server-harness.ts';

let server: Harness;
let key: string;
beforeAll(async () => {
  server = await startServer();
  key = (await server.newOrganization()).organizationKey;
});
afterAll(() => server.close());

const get = (path: string, credential?: string) => call(server.url, path, { ...(credential ? { key: credential } : {}) });

describe('getReadiness and getLiveness', () => {
  it('ready while the database answers; 503 unavailable with Retry-After while it is away; live all along', async () => {
    expect((await get('/health/ready')).body).toEqual({ success: true, status: 'ready' });
    server.state.away = true;
    const refused = await get('/health/ready');
    server.state.away = false;
    expectProblem(refused, 503, 'unavailable');
    expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(0);
    expect((await get('/health/ready')).status).toBe(200);
    server.state.away = true;
    const live = await get('/health/live');
    server.state.away = false;
    expect(live.body).toEqual({ success: true, status: 'live' });
  });
});

describe('getMetrics', () => {
  it('401 without a token, with a wrong one, and with any credential of an organization', async () => {
    const missing = await get('/metrics');
    expectProblem(missing, 401, 'missing_credential');
    expect(missing.headers.get('www-authenticate')).toContain('Bearer');
    for (const credential of [`${metricsToken}x`, metricsToken.slice(0, -1), metricsToken.toUpperCase(), key]) {
      expectProblem(await get('/metrics', credential), 401, 'invalid_credential');
    }
  });

  it('200 counts answers by operation and status, and what is no operation without a word of the caller', async () => {
    await get('/v1/apps', key);
    await get('/v1/apps/nope', key);
    await get('/canary-path');
    await call(server.url, '/v1/apps', { method: 'PURGE', key });
    const { status, text, headers } = await get('/metrics', metricsToken);
    expect(status).toBe(200);
    expect(headers.get('content-type')).toBe('text/plain; charset=utf-8');
    expect(text).toMatch(/^http_requests_total\{operation="listApps",status="200"\} [1-9]/m);
    expect(text).toMatch(/^http_requests_total\{operation="getApp",status="400"\} [1-9]/m);
    expect(text).toMatch(/^http_requests_total\{operation="none",status="404"\} [1-9]/m);
    expect(text).toMatch(/^http_request_duration_seconds_bucket\{le="\+Inf",operation="listApps"\} [1-9]/m);
    expect(text).not.toMatch(/canary|PURGE/);
  });

  it('the metrics token opens nothing else', async () => {
    for (const path of ['/v1/apps', '/v1/audit-events', '/v1/organization/api-key']) {
      expect([path, (await get(path, metricsToken)).status]).toEqual([path, 403]);
    }
  });
});

describe('getContract and getContractJson', () => {
  it('200 serve the contract: the file letter for letter, and the document that requests are validated against', async () => {
    const yaml = await get('/openapi.yaml');
    expect([yaml.status, yaml.headers.get('content-type')]).toEqual([200, 'application/yaml']);
    expect(yaml.text).toBe(readFileSync(new URL('../../../../../openapi.yaml', import.meta.url), 'utf8'));
    const json = await get('/openapi.json');
    expect([json.status, json.headers.get('content-type')]).toEqual([200, 'application/json']);
    expect(json.body).toEqual(readDocument());
  });

  it('200 also below /api', async () => {
    for (const path of ['/openapi.json', '/health/ready']) expect((await get(`/api${path}`)).text).toBe((await get(path)).text);
  });
});

describe('stopping', () => {
  it('503 unavailable from getReadiness once a stop was asked for, while requests are still answered', async () => {
    server.server.beginStop();
    expectProblem(await get('/health/ready'), 503, 'unavailable');
    expect((await get('/health/live')).status).toBe(200);
    expect((await get('/v1/apps', key)).status).toBe(200);
    expect((await call(server.url, '/v1/apps', { key, body: { name: 'Late' } })).status).toBe(201);
  });
});
