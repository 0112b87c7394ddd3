import { type Context, type Handlers, personOf } from '../../http/context.ts';
import { etagOf } from '../../http/etag.ts';
import { ScopeRoles } from '../../http/scope-roles.ts';
import { pageOf, readCursor } from '../../paging/page.ts';
import { apiKeyNotFound } from './api-key-problems.ts';
import * as store from './api-key-store.ts';
import { toApiKey } from './api-key-view.ts';
import * as apiKeys from './api-keys.ts';

type ApiKeyOperation = 'listApiKeys' | 'createApiKey' | 'getApiKey' | 'updateApiKey' | 'rotateApiKey' | 'revokeApiKey';

export function apiKeyHandlers(): Handlers<ApiKeyOperation> {
  const roles = new ScopeRoles();
  const callOf = (context: Context) => ({ tx: context.db, actor: personOf(context), now: context.now, roles });
  return {
    async listApiKeys({ query }, context) {
      const actor = personOf(context);
      const { limit = 50, cursor } = query;
      const createdBy = apiKeys.creatorSeenBy(actor);
      const filters = ['listApiKeys', actor.organizationId, createdBy];
      const rows = await store.list(context.db, actor.organizationId, createdBy, readCursor(cursor, filters), limit + 1);
      const { page, meta } = pageOf(rows, limit, filters, (row) => [row.created_at, row.id]);
      return { status: 200, body: { success: true, api_keys: page.map((row) => toApiKey(row, roles, context.now)), meta } };
    },

    async createApiKey({ body }, context) {
      const { key, row } = await apiKeys.create(callOf(context), body);
      const shown = toApiKey(row, roles, context.now);
      return {
        status: 201,
        headers: { ETag: etagOf(row.version) },
        body: { success: true, api_key: { ...shown, key } },
        audit: { resourceId: row.id, after: shown },
      };
    },

    async getApiKey({ path }, context) {
      const actor = personOf(context);
      const row = await store.find(context.db, actor.organizationId, path.api_key_id, apiKeys.creatorSeenBy(actor));
      if (!row) throw apiKeyNotFound();
      return { status: 200, headers: { ETag: etagOf(row.version) }, body: { success: true, api_key: toApiKey(row, roles, context.now) } };
    },

    async updateApiKey({ path, header, body }, context) {
      const { before, after } = await apiKeys.update(callOf(context), path.api_key_id, body, header['If-Match']);
      const shown = toApiKey(after, roles, context.now);
      return {
        status: 200,
        headers: { ETag: etagOf(after.version) },
        body: { success: true, api_key: shown },
        audit: { resourceId: after.id, before: toApiKey(before, roles, context.now), after: shown },
      };
    },

    async rotateApiKey({ path, body }, context) {
      const { key, before, after } = await apiKeys.rotate(callOf(context), path.api_key_id, body.overlap_hours ?? 24);
      const shown = toApiKey(after, roles, context.now);
      return {
        status: 200,
        headers: { ETag: etagOf(after.version) },
        body: { success: true, api_key: { ...shown, key } },
        audit: { resourceId: after.id, before: toApiKey(before, roles, context.now), after: shown },
      };
    },

    async revokeApiKey({ path, header }, context) {
      const row = await apiKeys.revoke(callOf(context), path.api_key_id, header['If-Match']);
      return {
        status: 200,
        body: { success: true, revoked: true },
        audit: { resourceId: row.id, before: toApiKey(row, roles, context.now) },
      };
    },
  };
}
