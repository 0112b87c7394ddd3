import { formats } from '@appstead/contract';
import { describe, expect, it } from 'vitest';
import { faultsOf } from './testing/contract-schemas.ts';
import { startIngestServer } from './testing/ingest-server.ts';
import { newTracker } from './testing/new-tracker.ts';

describe('what is sent', () => {
  it.each([undefined, 'com.example.shop'])('is what the contract takes, with %s as bundle id', async (bundleId) => {
    const server = await startIngestServer();
    const { tracker } = newTracker(server, { bundleId, platform: 'web' });
    tracker.track('seen');
    tracker.track(
      'paid',
      { items: 2, coupon: null },
      { revenue: { amount: 1999, currency: 'EUR' }, country: 'DE', timestamp: '2026-11-27' },
    );
    tracker.track('refunded', {}, { userId: 'user_7', id: '01939f5c-9b20-7d66-8b2a-74d9e2f30415' });
    tracker.track('restarted', undefined, { userId: null });
    tracker.identify('user_1', { plan: 'pro', seats: 3, trial: false, note: null });
    tracker.track('seen');
    await tracker.flush();
    expect(server.identified.map((body) => faultsOf(body, 'IdentifyUser'))).toEqual(['']);
    const batches = server.received.filter(({ path }) => path === '/v1/ingest').map(({ body }) => body);
    expect(batches.map((batch) => faultsOf(batch, 'EventBatch'))).toEqual(['', '']);
    expect(server.events().map((event) => faultsOf(event, 'EventInput'))).toEqual(['', '', '', '', '']);
    // The check can fail.
    expect(faultsOf({ ...server.events()[0], surprise: 1 }, 'EventInput')).not.toBe('');
  });

  it.each([
    '',
    ' ',
    'null',
    '(null)',
    'None',
    'nil',
    'Undefined',
    'NaN ',
    '00000000-0000-0000-0000-000000000000',
    '0',
    'user_1',
    'Nanette',
  ])('has %j for a user id exactly if the contract does', async (userId) => {
    const server = await startIngestServer();
    const { tracker } = newTracker(server);
    tracker.identify(userId);
    await tracker.flush();
    expect(server.identified.length === 1).toBe(formats['person-id'](userId));
  });
});
