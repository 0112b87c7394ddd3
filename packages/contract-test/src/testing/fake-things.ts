import { createHash, randomUUID } from 'node:crypto';
import type { Defect } from './defects.ts';

/** What the fake server stores, and its operations. */

export type Thing = {
  id: string;
  organization: string;
  project: string;
  name: string;
  color: string;
  label: string | null;
  weight: number;
  version: number;
};
export type Caller = {
  organization: string;
  kind: 'organizationKey' | 'apiKey' | 'session' | 'nobody';
  scopes?: string[];
  role?: string;
  state?: 'revoked' | 'disabled';
};
export type Call = {
  caller: Caller;
  path: Record<string, string>;
  query: Record<string, unknown>;
  headers: Record<string, string>;
  body: Record<string, unknown>;
};
export type Reply = { status: number; body?: unknown; headers?: Record<string, string>; code?: string; location?: string };

export type Store = {
  things: Thing[];
  callers: Map<string, Caller>;
  projects: Map<string, string>;
  audit: { requestId: string; action: string }[];
  answers: Map<string, { print: string; reply: Reply }>;
  running: Set<string>;
};

export function createStore(): Store {
  return { things: [], callers: new Map(), projects: new Map(), audit: [], answers: new Map(), running: new Set() };
}

export function addOrganization(store: Store): { organization: string; key: string } {
  const organization = randomUUID();
  const key = `key_${randomUUID()}`;
  store.callers.set(key, { organization, kind: 'organizationKey' });
  store.projects.set(randomUUID(), organization);
  return { organization, key };
}

type Handler = (call: Call, store: Store, has: (defect: Defect) => boolean) => Reply;

export const handlers: Record<string, Handler> = {
  createThing({ caller, body }, store, has) {
    const own = [...store.projects].find(([, organization]) => organization === caller.organization)?.[0] ?? '';
    const project = typeof body.project_id === 'string' ? body.project_id : own;
    const owner = store.projects.get(project);
    if (owner === undefined || (owner !== caller.organization && !has('a project of another organization taken')))
      return { status: 404, code: 'not_found' };
    const taken = store.things.some(
      (thing) => thing.organization === caller.organization && thing.label !== null && thing.label === body.label,
    );
    if (taken && !has('a conflict that is never answered')) return { status: 409, code: 'conflict' };
    const { name, color = 'red', label = null, weight = 1 } = body as Partial<Thing>;
    const thing = { id: randomUUID(), organization: caller.organization, project, name: String(name), color, label, weight, version: 1 };
    store.things.unshift(thing);
    return { status: 201, ...shown(thing, has) };
  },

  getThing(call, store, has) {
    const thing = find(call, store, has);
    return 'status' in thing ? thing : { status: has('an undeclared status') ? 206 : 200, ...shown(thing, has) };
  },

  updateThing(call, store, has) {
    const thing = find(call, store, has);
    if ('status' in thing) return thing;
    const wanted = call.headers['if-match'];
    if (wanted && wanted !== '*' && wanted !== `"${thing.version}"` && !has('a stale ETag taken')) return { status: 412, code: 'changed' };
    Object.assign(thing, call.body, { version: thing.version + 1 });
    return { status: 200, ...shown(thing, has) };
  },

  deleteThing(call, store, has) {
    const thing = find(call, store, has);
    if ('status' in thing) return thing;
    store.things.splice(store.things.indexOf(thing), 1);
    return { status: 200, body: { success: true } };
  },

  listThings({ caller, query }, store, has) {
    const { color, cursor, limit = 50 } = query as { color?: string; cursor?: string; limit?: number };
    const [filter, position] = cursor === undefined ? [color ?? '', undefined] : Buffer.from(cursor, 'base64url').toString().split(':');
    if (cursor !== undefined && (position === undefined || (filter !== (color ?? '') && !has('a cursor that forgets its filters'))))
      return { status: 400, code: 'invalid_request' };
    const everyones = has('a list with the things of others');
    const all = store.things.filter(
      (thing) => (everyones || thing.organization === caller.organization) && (color === undefined || thing.color === color),
    );
    const start = position === undefined ? 0 : has('paging by offset') ? Number(position) : all.findIndex(({ id }) => id === position) + 1;
    const end = start + limit;
    const items = all.slice(start, end);
    const next = has('paging by offset') ? String(end) : has('a page that loses an item') ? all[end]?.id : items.at(-1)?.id;
    const more = all.length > end;
    const meta = { has_more: more, cursor: more ? Buffer.from(`${color ?? ''}:${next}`).toString('base64url') : null };
    return { status: 200, body: { success: true, things: items.map((thing) => toThing(thing, has)), meta } };
  },

  renewKey({ caller }, store) {
    for (const [key, each] of store.callers)
      if (each.organization === caller.organization && each.kind === 'organizationKey') store.callers.delete(key);
    const key = `key_${randomUUID()}`;
    store.callers.set(key, { organization: caller.organization, kind: 'organizationKey' });
    return { status: 200, body: { success: true, key } };
  },

  openTicket: () => ({ status: 200, body: { success: true } }),
};

function find({ caller, path }: Call, store: Store, has: (defect: Defect) => boolean): Thing | Reply {
  const thing = store.things.find(({ id }) => id === path.thing_id);
  if (!thing) return { status: 404, code: 'not_found' };
  if (thing.organization === caller.organization || has('a resource of another organization shown')) return thing;
  return { status: 404, code: has('a resource of another organization told from a missing one') ? 'forbidden' : 'not_found' };
}

function shown(thing: Thing, has: (defect: Defect) => boolean): Pick<Reply, 'body' | 'headers'> {
  return {
    body: { success: true, thing: toThing(thing, has) },
    headers: has('a declared header left out') ? {} : { etag: `"${thing.version}"` },
  };
}

function toThing({ id, project, name, color, label, weight }: Thing, has: (defect: Defect) => boolean): object {
  return {
    id,
    project_id: project,
    name,
    color,
    label,
    weight: has('a number sent as text') ? String(weight) : weight,
    size: { width: 1, ...(has('a nested answer with a property nobody declared') ? { height: 1 } : {}) },
    ...(has('an answer with a property nobody declared') ? { secret: 'x' } : {}),
  };
}

/** A digest of everything stored but the audit trail. */
export function checksum({ things }: Store): string {
  return createHash('sha256').update(JSON.stringify(things)).digest('hex');
}
