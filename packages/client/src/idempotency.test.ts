import { readDocument } from '@appstead/contract/document';
import { describe, expect, it } from 'vitest';
import { createClient } from './create-client.ts';
import { appCreated } from './testing/answers.ts';
import { reply, startScriptedServer } from './testing/scripted-server.ts';

const posts = Object.entries(readDocument().paths).flatMap(([path, item]) => (item.post ? [{ path, post: item.post }] : []));

describe('Idempotency-Key', () => {
  it.each(posts)('is sent with POST $path exactly if the contract declares it', async ({ path, post }) => {
    const declares = post.parameters?.some(
      (parameter) => '$ref' in parameter && parameter.$ref === '#/components/parameters/IdempotencyKey',
    );
    const { baseUrl, received } = await startScriptedServer(reply(200, { success: true }));
    const call = createClient({ baseUrl }).POST as (path: string) => Promise<unknown>;
    await call(path);
    expect('idempotency-key' in (received[0]?.headers ?? {})).toBe(declares ?? false);
  });

  it('is another one for every call', async () => {
    const { baseUrl, received } = await startScriptedServer(reply(201, appCreated), reply(201, appCreated));
    const client = createClient({ baseUrl });
    await client.POST('/v1/apps', { body: { name: 'Shop' } });
    await client.POST('/v1/apps', { body: { name: 'Shop' } });
    expect(received[0]?.headers['idempotency-key']).not.toBe(received[1]?.headers['idempotency-key']);
  });

  it('is the one of the caller if the call has one', async () => {
    const { baseUrl, received } = await startScriptedServer(reply(201, appCreated));
    const params = { header: { 'Idempotency-Key': 'order-17' } };
    await createClient({ baseUrl }).POST('/v1/apps', { params, body: { name: 'Shop' } });
    expect(received[0]?.headers['idempotency-key']).toBe('order-17');
  });
});
