import { describe, expect, it } from 'vitest';
import type { Exchange } from './answer.ts';
import type { Operation } from './contract.ts';
import { RateLimited } from './request.ts';
import { Broken } from './results.ts';
import type { Principals, Target } from './target.ts';
import { createWorlds, letIn, Refused } from './worlds.ts';

const operation = { id: 'changeRole', path: '/members/{id}', security: [{ session: ['admin'] }] } as unknown as Operation;

function answer(status: number, errors: object[] = []): Exchange {
  const body = { code: 'some_code', errors };
  return { operation, method: 'PATCH', location: '/members/1', requestId: '', status, headers: {}, text: '', body } as unknown as Exchange;
}

describe('letIn', () => {
  it('takes 401, and a 403 that names no place of the request, for a refusal of the caller', () => {
    expect(() => letIn(answer(401))).toThrow(Refused);
    expect(() => letIn(answer(403))).toThrow(Refused);
  });

  it('passes on a 403 about what was asked for, and every other answer', () => {
    for (const each of [answer(403, [{ location: 'body.role' }]), answer(200), answer(409), answer(500)]) expect(letIn(each)).toBe(each);
  });
});

describe('inWorld', () => {
  const target = (disposable: boolean) => {
    let made = 0;
    const principals = async (): Promise<Principals> => ({ ownerSession: { headers: { authorization: String(++made) } } });
    return { principals, ...(disposable ? { newOrganization: async () => ({}) } : {}) } as unknown as Target;
  };
  const failingOnce = (error: Error) => {
    const worlds: (string | undefined)[] = [];
    const work = async ({ ownerSession }: Principals) => {
      worlds.push(ownerSession?.headers.authorization);
      if (worlds.length === 1) throw error;
    };
    return { worlds, work };
  };

  it('starts over in a fresh organization when a caller is refused or has used up a limit, and not for another fault', async () => {
    for (const error of [new Refused('refused'), new RateLimited('changeRole')]) {
      const { worlds, work } = failingOnce(error);
      await createWorlds(target(true)).inWorld(work);
      expect(worlds).toEqual(['1', '2']);
    }
    await expect(createWorlds(target(true)).inWorld(failingOnce(new Broken('broken')).work)).rejects.toThrow('broken');
  });

  it('does not start over where no organization can be made', async () => {
    await expect(createWorlds(target(false)).inWorld(failingOnce(new RateLimited('changeRole')).work)).rejects.toThrow(RateLimited);
  });
});
