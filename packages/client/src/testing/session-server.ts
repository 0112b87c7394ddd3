import { problem } from './scripted-server.ts';

/** A server as `fetch` that knows tokens: it makes `token-1`, `token-2`, … and takes those that it made and that were not ended. */
export function sessionServer(page: object, created: object) {
  const received: string[] = [];
  const bodies: string[] = [];
  const valid = new Set<string>();
  const state = { made: 0, isOver: false, refusesAll: false, drops: 0 };

  function refusal(code: string): Response {
    return Response.json(problem(code, 401), { status: 401 });
  }

  function newSession(user?: object): Response {
    state.made += 1;
    valid.add(`token-${state.made}`);
    const session = { access_token: `token-${state.made}`, refresh_token: `refresh-${state.made}`, expires_at: '2026-11-21T09:45:00.000Z' };
    return Response.json({ success: true, user, session });
  }

  return {
    /** One line per request: method, path, and the token that came with it, but no password. */
    received,
    bodies,
    accept: (token: string) => valid.add(token),
    end: (token: string) => valid.delete(token),
    endSession: () => {
      state.isOver = true;
    },
    refuseEverything: () => {
      state.refusesAll = true;
    },
    /** The next renewal gets no answer. */
    dropNext: () => {
      state.drops = 1;
    },
    fetch: async (request: Request): Promise<Response> => {
      const { pathname } = new URL(request.url);
      const body = await request.text();
      bodies.push(body);
      const fields = body === '' ? {} : JSON.parse(body);
      const token = request.headers.get('Authorization')?.replace('Bearer ', '');
      const shown = pathname.endsWith('/login') ? '' : ` ${fields.refresh_token ?? token}`;
      received.push(`${request.method} ${pathname}${shown}`);
      if (pathname.endsWith('/login'))
        return fields.password === 'wrong' ? refusal('invalid_sign_in') : newSession({ email: fields.email });
      if (pathname.endsWith('/refresh')) {
        if (state.drops-- > 0) throw new TypeError('connection lost');
        return state.isOver ? refusal('invalid_refresh_token') : newSession();
      }
      if (state.refusesAll || !valid.has(token ?? '')) return refusal('invalid_credential');
      return request.method === 'POST' ? Response.json(created, { status: 201 }) : Response.json(page);
    },
  };
}
