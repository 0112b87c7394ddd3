import type { WebhookDelivery } from '@appstead/contract';
import type { DeliveryRow } from './delivery-store.ts';

/** A row as the contract shows it. */
export function toDelivery({ attempts, ...row }: DeliveryRow): WebhookDelivery {
  return { ...row, attempts: attempts as WebhookDelivery['attempts'] };
}
