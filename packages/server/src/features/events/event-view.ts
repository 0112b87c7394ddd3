import type { AppEvent } from '@appstead/contract';
import type { EventRow } from './event-store.ts';

/** A row as the contract shows it. */
export function toAppEvent(row: EventRow): AppEvent {
  const { occurred_at, revenue_amount, revenue_currency, properties, ...same } = row;
  const revenue = revenue_amount === null || revenue_currency === null ? null : { amount: revenue_amount, currency: revenue_currency };
  return { ...same, timestamp: occurred_at, properties: properties ?? {}, revenue };
}
