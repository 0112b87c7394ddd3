import { type Document, readDocument } from '@appstead/contract/document';
import type { Database } from '@appstead/database';
import express from 'express';
import { pino } from 'pino';
import { describe, expect, it } from 'vitest';
import { createServer, type ServerOptions } from './create-server.ts';
import type { Handlers } from './http/context.ts';
import { indexContract } from './http/contract-index.ts';
import { checkHandlers } from './http/dispatch.ts';
import { createValidator } from './http/validate.ts';

/** The contract with a mistake in it. */
function mistaken(change: (document: Document) => void): Document {
  const document = readDocument();
  change(document);
  return document;
}

function start(document: Document, options: Partial<ServerOptions> = {}) {
  // Nothing is asked of the database before the contract is found to be usable.
  const db = { listen: async () => async () => {} } as unknown as Database;
  const given = { db, log: pino({ level: 'silent' }), publicUrl: 'http://appstead.test', encryptionKey: Buffer.alloc(32), document };
  return createServer({ ...given, isSignUpEnabled: () => true, ...options });
}

const listApps = (document: Document) => document.paths['/v1/apps']?.get as NonNullable<Document['paths'][string]['get']>;
/** The schema of the name of a new app. */
function nameOfApp({ components }: Document): Record<string, unknown> {
  const { properties } = components.schemas.AppCreate as { properties: Record<string, Record<string, unknown>> };
  return properties.name as Record<string, unknown>;
}

describe('the server does not start', () => {
  it('without a handler for each operation of the contract, and says for which', async () => {
    const document = mistaken(({ paths }) => {
      for (const name of ['Things', 'Others']) paths[`/v1/${name}`] = { get: { ...listApps(readDocument()), operationId: `list${name}` } };
    });
    await expect(start(document)).rejects.toThrow('no handler for listThings, listOthers');
    const operations = indexContract(readDocument());
    const all = Object.fromEntries(operations.map(({ id }) => [id, async () => {}])) as unknown as Partial<Handlers<never>>;
    expect(() => checkHandlers(operations, all)).not.toThrow();
    expect(() => checkHandlers(operations, { ...all, createApp: undefined })).toThrow('no handler for createApp');
    expect(() => checkHandlers(operations, { ...all, getApp: 'not a function' as never })).toThrow('no handler for getApp');
  });

  it('with a security scheme that nothing checks, and says whose and which', async () => {
    for (const scheme of ['magic', 'constructor', '__proto__x']) {
      const document = mistaken((one) => {
        listApps(one).security = [{ organizationKey: [] }, { [scheme]: [] }];
      });
      await expect(start(document)).rejects.toThrow(`listApps asks for the security scheme ${scheme}`);
    }
  });

  it('when a session is asked for no role, for two, or for one that does not exist', async () => {
    for (const [needs, words] of [
      [[], 'no role'],
      [['king'], 'king'],
      [['member', 'admin'], 'member, admin'],
    ] as const) {
      const document = mistaken((one) => {
        listApps(one).security = [{ session: [...needs] }];
      });
      await expect(start(document)).rejects.toThrow(`listApps asks a session for ${words}`);
    }
  });

  it('when the contract refers to what is not there, and says to what', async () => {
    const inParameters = mistaken((one) => listApps(one).parameters?.push({ $ref: '#/components/parameters/Nowhere' }));
    await expect(start(inParameters)).rejects.toThrow('#/components/parameters/Nowhere');
    const inSchemas = mistaken((one) => {
      nameOfApp(one).$ref = '#/components/schemas/Nowhere';
    });
    await expect(start(inSchemas)).rejects.toThrow('#/components/schemas/Nowhere');
  });

  it.each([
    ['a type that is none', (one: Document) => Object.assign(nameOfApp(one), { type: 'strin' }), 'strin'],
    ['a pattern that is none', (one: Document) => Object.assign(nameOfApp(one), { pattern: '(' }), 'Invalid regular expression'],
    ['a limit that is no number', (one: Document) => Object.assign(nameOfApp(one), { minLength: 'one' }), 'minLength'],
    ['another version of OpenAPI', (one: Document) => Object.assign(one, { openapi: '4.0.0' }), 'version'],
  ])('when the validator cannot use the contract: %s', async (_, change, words) => {
    await expect(start(mistaken(change))).rejects.toThrow(words);
    const document = mistaken(change);
    const validator = createValidator(document, indexContract(document), express());
    await expect(validator).rejects.toThrow(/^openapi\.yaml cannot be used for \w+: /);
  });

  it('when the mistake is in one operation only, and names it', async () => {
    const document = mistaken((one) => listApps(one).parameters?.push({ name: 'extra', in: 'query', schema: { type: 'strin' } }));
    const validator = createValidator(document, indexContract(document), express());
    await expect(validator).rejects.toThrow('openapi.yaml cannot be used for listApps: ');
  });

  it('with an encryption key of another length', async () => {
    await expect(start(readDocument(), { encryptionKey: Buffer.alloc(16) })).rejects.toThrow('32 bytes');
  });
});

it('a server that compiles behind the port is there at once, and says of a contract that cannot be used what the start would have said', async () => {
  const document = mistaken((one) => Object.assign(nameOfApp(one), { type: 'strin' }));
  // The lanes compile the same schema, so what stops the validator alone is asked for here.
  const version = mistaken((one) => Object.assign(one, { openapi: '4.0.0' }));
  await expect(start(document, { compilesBehind: true })).rejects.toThrow('strin');
  const server = await start(version, { compilesBehind: true });
  await expect(server.compiled).rejects.toThrow(/^openapi\.yaml cannot be used for \w+: .*version/);
  await server.close();
});

it('the server starts with the contract as it is', async () => {
  const server = await start(readDocument());
  await server.close();
});
