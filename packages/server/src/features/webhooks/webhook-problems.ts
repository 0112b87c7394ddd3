import { defineProblems } from '../../http/problem.ts';

export const webhookProblems = defineProblems({
  webhook_delivery_not_found: { status: 404, title: 'Webhook delivery not found' },
  webhook_disabled: { status: 409, title: 'Webhook disabled' },
});
