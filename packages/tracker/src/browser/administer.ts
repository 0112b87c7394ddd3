import type { App, AppEventList, AppResult, AppUserList } from '@appstead/contract';

/** The server as its administrator sees it. */
export type Admin = ReturnType<typeof administer>;

const patienceMs = 15_000;

export function administer(url: string, key: string) {
  const call = async <T>(method: string, path: string, body?: object): Promise<T> => {
    const headers = { 'X-API-Key': key, ...(body ? { 'Content-Type': 'application/json' } : {}) };
    const response = await fetch(`${url}${path}`, { method, headers, body: body && JSON.stringify(body) });
    if (!response.ok) throw new Error(`${method} ${path} answered ${response.status}: ${await response.text()}`);
    return response.json() as Promise<T>;
  };
  const countEvents = async ({ id }: App) => (await call<AppResult>('POST', `/v1/apps/${id}/stats/refresh`)).app.cached_event_count;

  return {
    newApp: async (fields: object) => (await call<AppResult>('POST', '/v1/apps', { name: 'Shop', platform: 'web', ...fields })).app,
    countEvents,
    /** The people of an app by their ids, without those who have no name yet. */
    users: async ({ id }: App) => {
      const { users } = await call<AppUserList>('GET', `/v1/apps/${id}/users?is_anonymous=false`);
      return new Map(users.map((user) => [user.user_id, user]));
    },
    /** The names of the events of an app, by the user they are about, as they happened. */
    eventsOf: async ({ id }: App, appUserId: string) => {
      const { events } = await call<AppEventList>('GET', `/v1/apps/${id}/events?app_user_id=${appUserId}`);
      return events.map(({ name }) => name).reverse();
    },
    /** Waits until so many events of an app are there, which no event tells once their page is gone; throws when they do not come. */
    async hasEvents(app: App, count: number): Promise<void> {
      for (const end = Date.now() + patienceMs; ; await new Promise((resolve) => setTimeout(resolve, 100))) {
        const present = await countEvents(app);
        if (present === count) return;
        if (present > count || Date.now() > end) throw new Error(`${present} events have arrived, not ${count}`);
      }
    },
  };
}
