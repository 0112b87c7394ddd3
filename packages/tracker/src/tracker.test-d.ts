import type { EventInput, UserPropertiesUpdate } from '@appstead/contract';
import { describe, expectTypeOf, it } from 'vitest';
import { createTracker, type Platform, type Revenue, type TrackOptions, type UserProperties } from './index.ts';

const tracker = createTracker({ baseUrl: 'https://appstead.example.com', appKey: 'ak_…' });

describe('the types', () => {
  it('are those of the contract where they are sent as they are', () => {
    expectTypeOf<Platform>().toEqualTypeOf<NonNullable<EventInput['platform']>>();
    expectTypeOf<Revenue>().toEqualTypeOf<NonNullable<EventInput['revenue']>>();
    expectTypeOf<UserProperties>().toEqualTypeOf<UserPropertiesUpdate>();
    expectTypeOf<Pick<TrackOptions, 'id' | 'country'>>().toEqualTypeOf<Pick<EventInput, 'id' | 'country'>>();
  });

  it('refuse what the server would', () => {
    // @ts-expect-error a name is a text
    tracker.track(7);
    // @ts-expect-error an amount needs its currency
    tracker.track('paid', {}, { revenue: { amount: 1 } });
    // @ts-expect-error there is no such option
    tracker.track('paid', {}, { visitId: 'mine' });
    // @ts-expect-error a user id is a text
    tracker.identify(undefined);
    // @ts-expect-error properties of a user are flat
    tracker.identify('user_1', { address: { city: 'Berlin' } });
    // @ts-expect-error the key is missing
    createTracker({ baseUrl: 'https://appstead.example.com' });
  });
});
