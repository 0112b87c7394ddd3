import type { OperationId } from '@appstead/contract';
import type { Database } from '@appstead/database';
import type { GuardedSender } from './egress/guarded-sender.ts';
import { accountHandlers } from './features/accounts/account-handlers.ts';
import { organizationHandlers } from './features/accounts/organization-handlers.ts';
import { organizationKeyHandlers } from './features/accounts/organization-key-handlers.ts';
import { ownAccountHandlers } from './features/accounts/own-account-handlers.ts';
import type { Sessions } from './features/accounts/sessions.ts';
import { signingKeyHandlers } from './features/accounts/signing-key-handlers.ts';
import { accessReviewHandlers } from './features/api-keys/access-review-handlers.ts';
import { apiKeyHandlers } from './features/api-keys/api-key-handlers.ts';
import { appUserHandlers } from './features/app-users/app-user-handlers.ts';
import { appHandlers } from './features/apps/app-handlers.ts';
import { auditHandlers } from './features/audit/audit-handlers.ts';
import type { EventFeeds } from './features/events/event-feeds.ts';
import { eventHandlers } from './features/events/event-handlers.ts';
import { streamHandlers } from './features/events/stream-handlers.ts';
import { identifyHandlers } from './features/ingestion/identify-handlers.ts';
import type { Ingestion } from './features/ingestion/ingestion.ts';
import { ingestionHandlers } from './features/ingestion/ingestion-handlers.ts';
import { invitationHandlers } from './features/invitations/invitation-handlers.ts';
import { memberHandlers } from './features/members/member-handlers.ts';
import { messageHandlers } from './features/messages/message-handlers.ts';
import type { Outbox } from './features/messages/outbox.ts';
import { notificationHandlers } from './features/notifications/notification-handlers.ts';
import { projectHandlers } from './features/projects/project-handlers.ts';
import type { CachedFigures } from './features/stats/cached-figures.ts';
import { statsHandlers } from './features/stats/stats-handlers.ts';
import { statsRefreshHandlers } from './features/stats/stats-refresh-handlers.ts';
import { systemHandlers } from './features/system/system-handlers.ts';
import { teamHandlers } from './features/teams/team-handlers.ts';
import { teamMemberHandlers } from './features/teams/team-member-handlers.ts';
import { urlContextHandlers } from './features/url-context/url-context-handlers.ts';
import { webhookHandlers } from './features/webhooks/webhook-handlers.ts';
import type { WebhookWaker } from './features/webhooks/webhook-waker.ts';
import type { Handlers } from './http/context.ts';
import type { Metrics } from './http/metrics.ts';
import type { JobQueue } from './jobs/job-queue.ts';
import type { SecretBox } from './keys/secret-box.ts';

/** What features need beside the context of a request. */
export type Services = {
  db: Database;
  box: SecretBox;
  sessions: Sessions;
  outbox: Outbox;
  sender: GuardedSender;
  metrics: Metrics;
  jobs: JobQueue;
  feeds: EventFeeds;
  webhooks: WebhookWaker;
  ingestion: Ingestion;
  figures: CachedFigures;
  publicUrl: string;
  isSignUpEnabled: () => boolean;
  isStopping: () => boolean;
  isCompiled: () => boolean;
};

/** Every operation of the contract with the function that handles it. A missing one does not compile. */
export function createHandlers(services: Services): Handlers<OperationId> {
  return {
    ...accountHandlers(services),
    ...ownAccountHandlers(),
    ...organizationHandlers(),
    ...memberHandlers(),
    ...invitationHandlers(services),
    ...messageHandlers(services),
    ...notificationHandlers(),
    ...organizationKeyHandlers(),
    ...auditHandlers(),
    ...appHandlers(services),
    ...webhookHandlers(services),
    ...urlContextHandlers(services),
    ...appUserHandlers(services),
    ...eventHandlers(),
    ...streamHandlers(services),
    ...statsHandlers(),
    ...statsRefreshHandlers(services),
    ...ingestionHandlers(services),
    ...identifyHandlers(services),
    ...signingKeyHandlers(services),
    ...apiKeyHandlers(),
    ...accessReviewHandlers(),
    ...teamHandlers(),
    ...teamMemberHandlers(),
    ...projectHandlers(),
    ...systemHandlers(services),
  };
}
