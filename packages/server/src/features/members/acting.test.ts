import { describe, expect, it } from 'vitest';
import type { Role } from '../../principal.ts';
import { unlessMayAct } from './members.ts';

const roles: Role[] = ['owner', 'admin', 'member', 'developer'];

/** The new roles that one role may give to another, and whether it may remove it. */
function powers(actor: Role, member: Role): string {
  const given = roles.filter((role) => !unlessMayAct({ id: 'a', role: actor }, { id: 'm', role: member }, role));
  const removes = !unlessMayAct({ id: 'a', role: actor }, { id: 'm', role: member });
  return `${given.join(' ') || 'nothing'}${removes ? ', remove' : ''}`;
}

describe('who may act on whom', () => {
  it('is for every pair of roles what the contract says', () => {
    const table = Object.fromEntries(
      roles.map((actor) => [actor, Object.fromEntries(roles.map((member) => [member, powers(actor, member)]))]),
    );
    const every = 'owner admin member developer, remove';
    const belowOwner = 'admin member developer, remove';
    expect(table).toEqual({
      owner: { owner: every, admin: every, member: every, developer: every },
      admin: { owner: 'nothing', admin: 'nothing', member: belowOwner, developer: belowOwner },
      member: { owner: 'nothing', admin: 'nothing', member: 'nothing', developer: 'nothing' },
      developer: { owner: 'nothing', admin: 'nothing', member: 'nothing', developer: 'nothing' },
    });
  });

  it('leaves nobody, not even an owner, their own role', () => {
    for (const role of roles) {
      for (const next of [...roles, undefined])
        expect(unlessMayAct({ id: 'a', role }, { id: 'a', role }, next)?.code).toBe('insufficient_role');
    }
  });
});
