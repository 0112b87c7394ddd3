import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { auditActions } from '../../testing/audit-actions.ts';
import { call, expectProblem } from '../../testing/call.ts';
import { type Harness, startServer } from '../../testing/server-harness.ts';

let server: Harness;
beforeAll(async () => {
  server = await startServer();
});
afterAll(() => server.close());

async function invited() {
  const organization = await server.newOrganization();
  const body = { email: `${crypto.randomUUID()}@example.com`, role: 'member' };
  return { ...organization, ...(await call(server.url, '/v1/invitations', { key: organization.session, body })).body };
}
const revoke = (key: string, id: string) => call(server.url, `/v1/invitations/${id}`, { key, method: 'DELETE' });

describe('revokeInvitation', () => {
  it('200 stops the token and leaves invitation.revoked; a second time it is 409 invitation_closed', async () => {
    const { session, invitation } = await invited();
    expect((await revoke(session, invitation.id)).body.invitation).toEqual({ ...invitation, status: 'revoked' });
    const again = await revoke(session, invitation.id);
    expectProblem(again, 409, 'invitation_closed');
    expect(again.body).toMatchObject({ current_state: 'revoked', legal_moves: ['createInvitation'] });
    expect(await auditActions(server.admin, invitation.id)).toEqual(['invitation.created', 'invitation.revoked']);
  });

  it('404 for an invitation of another organization, exactly like none', async () => {
    const { invitation } = await invited();
    const { session } = await server.newOrganization();
    const answers = [await revoke(session, invitation.id), await revoke(session, '01939f5c-8c11-7f1e-9d3a-3b1f0a6f2c13')];
    for (const answer of answers) expectProblem(answer, 404, 'invitation_not_found');
    expect(answers[0]?.body.detail).toBe(answers[1]?.body.detail);
  });
});

describe('listInvitations', () => {
  it('200 tells the status at the present moment and filters by it', async () => {
    const { session, invitation, id: organizationId } = await invited();
    const statuses = async (query = '') =>
      (await call(server.url, `/v1/invitations${query}`, { key: session })).body.invitations.map(
        ({ status }: { status: string }) => status,
      );
    expect([await statuses(), await statuses('?status=open'), await statuses('?status=expired')]).toEqual([['open'], ['open'], []]);
    await server.admin.query({
      text: `UPDATE invitations SET expires_at = now() - interval '1 second' WHERE organization_id = $1`,
      values: [organizationId],
    });
    expect([await statuses(), await statuses('?status=open'), await statuses('?status=expired')]).toEqual([['expired'], [], ['expired']]);
    expectProblem(await revoke(session, invitation.id), 409, 'invitation_closed');
  });
});
