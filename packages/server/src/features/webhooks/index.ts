/** What other features use of webhooks. */
export { enqueueDeliveries, type PassedEvent } from './enqueue-deliveries.ts';
export { eraseDeliveries, giveUpDeliveries, removeDeliveriesOfApp, removeSettledDeliveries } from './removal-store.ts';
export { resetEndpoint } from './reset-endpoint.ts';
export type { WebhookWaker } from './webhook-waker.ts';
