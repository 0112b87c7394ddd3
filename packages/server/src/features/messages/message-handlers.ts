import { type Handlers, personOf } from '../../http/context.ts';
import type { SecretBox } from '../../keys/secret-box.ts';
import { pageOf, readCursor } from '../../paging/page.ts';
import * as store from './message-store.ts';
import { openBody } from './outbox.ts';

export function messageHandlers({ box }: { box: SecretBox }): Handlers<'listMessages'> {
  return {
    async listMessages({ query }, context) {
      const { organizationId, role } = personOf(context);
      const { limit = 50, cursor } = query;
      const readers: store.Reader[] = role === 'owner' ? ['admin', 'owner'] : ['admin'];
      const filters = ['listMessages', organizationId, ...readers];
      const rows = await store.list(context.db, organizationId, readers, readCursor(cursor, filters), limit + 1);
      const { page, meta } = pageOf(rows, limit, filters, (row) => [row.created_at, row.id]);
      return { status: 200, body: { success: true, messages: page.map((row) => toMessage(row, organizationId, box)), meta } };
    },
  };
}

function toMessage(row: store.MessageRow, organizationId: string, box: SecretBox) {
  const { id, recipient, subject, status, created_at } = row;
  return { id, to: recipient, subject, text: openBody(box, organizationId, row), status, created_at };
}
