import { describe, expect, it } from 'vitest';
import { drop, refuse, startIngestServer } from './testing/ingest-server.ts';
import { memoryStorage } from './testing/memory-storage.ts';
import { newTracker } from './testing/new-tracker.ts';

describe('identify', () => {
  it('is sent after the events before it and before those after it, which carry the user', async () => {
    const server = await startIngestServer();
    const { tracker } = newTracker(server, { bundleId: 'com.example.shop' });
    const anonymous = tracker.anonymousId;
    tracker.track('seen');
    tracker.track('added');
    tracker.identify('user_1', { plan: 'pro', seats: 3, trial: false, note: null });
    tracker.track('paid');
    expect(await tracker.flush()).toBe(0);
    expect(server.received.map(({ path }) => path)).toEqual(['/v1/ingest', '/v1/identify', '/v1/ingest']);
    expect(server.received[1]?.body).toEqual({
      user_id: 'user_1',
      anonymous_id: anonymous,
      properties: { plan: 'pro', seats: 3, trial: false, note: null },
      bundle_id: 'com.example.shop',
    });
    const who = server.events().map(({ name, user_id, anonymous_id }) => ({ name, user_id, anonymous_id }));
    expect(who).toEqual([
      { name: 'seen', anonymous_id: anonymous },
      { name: 'added', anonymous_id: anonymous },
      { name: 'paid', user_id: 'user_1' },
    ]);
    expect(new Set(server.events().map(({ session_id }) => session_id)).size).toBe(1);
  });

  it.each([drop, refuse(429, 'rate_limited'), refuse(503, 'unavailable')])(
    'is tried again like a batch, and holds back what follows',
    async (step) => {
      const server = await startIngestServer(step);
      const { tracker } = newTracker(server);
      tracker.identify('user_1');
      tracker.track('paid');
      expect(await tracker.flush()).toBe(2);
      expect(await tracker.flush()).toBe(0);
      expect(server.received.map(({ path }) => path)).toEqual(['/v1/identify', '/v1/identify', '/v1/ingest']);
      expect(server.received[1]?.body).toEqual(server.received[0]?.body);
    },
  );

  it('that is refused is reported as lost, and the events after it are sent', async () => {
    const server = await startIngestServer(refuse(403, 'app_inactive'));
    const { tracker, errors } = newTracker(server);
    tracker.identify('user_1', { a: 'b' });
    tracker.track('paid');
    expect(await tracker.flush()).toBe(0);
    expect(errors).toMatchObject([{ code: 'app_inactive', status: 403, lost: [{ user_id: 'user_1', properties: { a: 'b' } }] }]);
    expect(server.names()).toEqual(['paid']);
  });

  it('with properties that are refused loses those and not who it is', async () => {
    const server = await startIngestServer(refuse(400, 'invalid_request'));
    const { tracker, errors } = newTracker(server);
    tracker.identify('user_1', { a: 'b' });
    expect(await tracker.flush()).toBe(0);
    expect(errors).toEqual([
      { code: 'invalid_request', message: expect.any(String), status: 400, lost: [{ user_id: 'user_1', properties: { a: 'b' } }] },
    ]);
    expect(server.identified).toEqual([{ user_id: 'user_1', anonymous_id: tracker.anonymousId }]);
  });

  it('that is refused for its user id is given up', async () => {
    const server = await startIngestServer(refuse(400, 'invalid_request'), refuse(400, 'invalid_request'));
    const { tracker, errors } = newTracker(server);
    tracker.identify('x'.repeat(201), { a: 'b' });
    expect(await tracker.flush()).toBe(0);
    expect(server.received).toHaveLength(2);
    expect(errors).toHaveLength(2);
  });

  it('of another user than the present one begins a new anonymous id and a new visit first', async () => {
    const server = await startIngestServer();
    const { tracker } = newTracker(server);
    tracker.identify('user_1');
    tracker.track('one');
    tracker.identify('user_1', { again: true });
    tracker.identify('user_2');
    tracker.track('two');
    await tracker.flush();
    const [first, again, other] = server.identified.map(({ anonymous_id }) => anonymous_id);
    expect(again).toBe(first);
    expect(other).toMatch(/^anon_/);
    expect(other).not.toBe(first);
    const [one, two] = server.events();
    expect([one.user_id, two.user_id]).toEqual(['user_1', 'user_2']);
    expect(two.session_id).not.toBe(one.session_id);
  });

  it('of an anonymous id that is somebody else’s is repeated without it, keeps the properties, and the id is given up', async () => {
    const server = await startIngestServer(refuse(409, 'anonymous_id_claimed'));
    const { tracker, errors } = newTracker(server);
    const claimed = tracker.anonymousId;
    tracker.identify('user_2', { plan: 'pro' });
    tracker.track('paid');
    expect(await tracker.flush()).toBe(0);
    expect(server.received[0]?.body).toEqual({ user_id: 'user_2', anonymous_id: claimed, properties: { plan: 'pro' } });
    expect(server.identified).toEqual([{ user_id: 'user_2', properties: { plan: 'pro' } }]);
    expect(server.events()).toMatchObject([{ name: 'paid', user_id: 'user_2' }]);
    expect(tracker.anonymousId).not.toBe(claimed);
    expect(errors).toEqual([]);
  });

  it('repeated without the anonymous id stays so when the page ends in between', async () => {
    const storage = memoryStorage();
    const server = await startIngestServer(refuse(409, 'anonymous_id_claimed'), drop);
    const before = newTracker(server, { storage });
    before.tracker.identify('user_2', { plan: 'pro' });
    expect(await before.tracker.close()).toBe(1);
    const { tracker } = newTracker(server, { storage });
    expect(await tracker.flush()).toBe(0);
    expect(server.identified).toEqual([{ user_id: 'user_2', properties: { plan: 'pro' } }]);
  });

  it.each(['', ' ', 'null', 'undefined', '(null)', 'NaN', '00000000-0000-0000-0000-000000000000', undefined, 7])(
    'takes %j for a mistake, which it reports, and nobody becomes known by it',
    async (userId) => {
      const server = await startIngestServer();
      const { tracker, errors } = newTracker(server);
      tracker.identify(userId as string, { plan: 'pro' });
      tracker.track('seen');
      await tracker.flush();
      expect(errors).toEqual([
        { code: 'invalid_user_id', message: expect.any(String), lost: [{ user_id: userId, properties: { plan: 'pro' } }] },
      ]);
      expect(server.events()).toMatchObject([{ anonymous_id: tracker.anonymousId }]);
    },
  );
});

describe('reset', () => {
  it('begins a new anonymous id and a new visit, and keeps what was tracked before', async () => {
    const server = await startIngestServer();
    const { tracker } = newTracker(server);
    const before = tracker.anonymousId;
    tracker.identify('user_1');
    tracker.track('one');
    tracker.reset();
    tracker.track('two');
    expect(await tracker.flush()).toBe(0);
    const [one, two] = server.events();
    expect(one).toMatchObject({ name: 'one', user_id: 'user_1' });
    expect(two).toMatchObject({ name: 'two', anonymous_id: tracker.anonymousId });
    expect(two).not.toHaveProperty('user_id');
    expect(tracker.anonymousId).not.toBe(before);
    expect(two.session_id).not.toBe(one.session_id);
  });

  it('lets the next user begin with an anonymous id that was never another’s', async () => {
    const server = await startIngestServer();
    const { tracker } = newTracker(server);
    tracker.identify('user_1');
    tracker.reset();
    tracker.track('seen');
    tracker.identify('user_2');
    await tracker.flush();
    const [first, second] = server.identified.map(({ anonymous_id }) => anonymous_id);
    expect(second).not.toBe(first);
    expect(server.events()[0].anonymous_id).toBe(second);
  });
});
