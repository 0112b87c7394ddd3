/** Whatever sends webhooks; told when there may be something to send for an app. Does not throw. */
export type WebhookWaker = { wake(organizationId: string, appId: string): void };

/** For a process that sends none: another one finds what waits. */
export const nobody: WebhookWaker = { wake: () => undefined };
