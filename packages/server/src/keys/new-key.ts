import type { Queryable } from '@appstead/database';
import { v7 as uuidv7 } from 'uuid';
import { createKey, hashKey } from './key-format.ts';
import * as store from './key-store.ts';

const prefixes = { organization_key: 'apps', api_key: 'apikey', app_key: 'ak', app_secret: 'as' } as const;

type Details = Pick<store.NewKey, 'appId' | 'apiKeyId' | 'createdBy' | 'version' | 'now'>;

/** Makes and stores a key. The text is returned for the one time it is shown; only app keys, which are publishable, are stored in clear. */
export async function issueKey(
  tx: Queryable,
  organizationId: string,
  kind: store.KeyKind,
  details: Details,
): Promise<{ id: string; key: string }> {
  const key = createKey(prefixes[kind]);
  const id = uuidv7();
  await store.insert(tx, organizationId, {
    ...details,
    id,
    kind,
    hash: hashKey(key),
    prefix: prefixes[kind],
    lastFour: key.slice(-4),
    ...(kind === 'app_key' ? { clearText: key } : {}),
  });
  return { id, key };
}
