import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { call } from '../../testing/call.ts';
import { type Harness, startServer } from '../../testing/server-harness.ts';

let server: Harness;
beforeAll(async () => {
  server = await startServer({ egressAllow: '10.1.0.0/16:9000' });
});
afterAll(() => server.close());

describe('the URLs of an app', () => {
  it('are refused with each place and its reason when nobody may call them', async () => {
    const { organizationKey: key } = await server.newOrganization();
    const body = {
      name: 'Bad',
      webhook_url: 'http://10.2.0.1/',
      website_url: 'https://example.com:25/',
      play_store_url: 'https://play.example.com/',
    };
    const answer = await call(server.url, '/v1/apps', { key, body });
    expect(answer.status).toBe(400);
    expect(answer.body).toMatchObject({
      detail: 'body.webhook_url must not point into a private network',
      errors: [
        { location: 'body.webhook_url', message: 'must not point into a private network', rule: 'callable' },
        { location: 'body.website_url', message: 'must not use port 25: 80, 443, 8080 and 8443 are open', rule: 'callable' },
      ],
    });
  });

  it('may lead into the network where the operator opened it', async () => {
    const { organizationKey: key } = await server.newOrganization();
    const body = { name: 'Inside', webhook_url: 'http://10.1.0.1:9000/' };
    expect((await call(server.url, '/v1/apps', { key, body })).status).toBe(201);
  });
});
