import { type Handlers, personOf, tenantOf } from '../../http/context.ts';
import { etagOf } from '../../http/etag.ts';
import { pageOf, readCursor } from '../../paging/page.ts';
import * as store from './member-store.ts';
import * as members from './members.ts';

type MemberOperation = 'listMembers' | 'updateMember' | 'removeMember';

export function memberHandlers(): Handlers<MemberOperation> {
  return {
    async listMembers({ query }, context) {
      const { organizationId } = tenantOf(context);
      const { limit = 50, cursor, role } = query;
      const filters = ['listMembers', organizationId, role];
      const rows = await store.list(context.db, organizationId, { role }, readCursor(cursor, filters), limit + 1);
      const { page, meta } = pageOf(rows, limit, filters, (row) => [row.created_at, row.id]);
      return { status: 200, body: { success: true, members: page.map(toMember), meta } };
    },

    async updateMember({ path, header, body }, context) {
      const scope = { tx: context.db, actor: personOf(context), now: context.now };
      const { before, after } = await members.changeRole(scope, path.member_id, body.role, header['If-Match']);
      return {
        status: 200,
        headers: { ETag: etagOf(after.version) },
        body: { success: true, member: toMember(after) },
        audit: { resourceId: after.id, before: { role: before.role }, after: { role: after.role } },
      };
    },

    async removeMember({ path }, context) {
      const removed = await members.remove({ tx: context.db, actor: personOf(context), now: context.now }, path.member_id);
      const { id, name, email, role } = removed;
      return { status: 200, body: { success: true, removed: true }, audit: { resourceId: id, before: { name, email, role } } };
    },
  };
}

function toMember({ version: _, ...member }: store.MemberRow) {
  return member;
}
