import { RefusedUrl } from '../../egress/egress-error.ts';
import type { GuardedSender } from '../../egress/guarded-sender.ts';
import { httpProblems } from '../../http/http-problems.ts';
import type { ProblemPlace } from '../../http/problem.ts';

const called = ['webhook_url', 'website_url', 'app_store_url', 'play_store_url'] as const;

/** Refuses fields with URLs that the server will call and never could. What names resolve to is seen when they are called. */
export function requireCallable(sender: GuardedSender, fields: Partial<Record<(typeof called)[number], string | null>>): void {
  const errors = called.flatMap((field) => placeOf(sender, field, fields[field]));
  const [first] = errors;
  if (first) throw httpProblems.invalid_request(`${first.location} ${first.message}`, { errors });
}

function placeOf(sender: GuardedSender, field: string, url: string | null | undefined): ProblemPlace[] {
  if (typeof url !== 'string') return [];
  try {
    sender.check(url);
    return [];
  } catch (error) {
    if (!(error instanceof RefusedUrl)) throw error;
    return [{ location: `body.${field}`, message: error.message, rule: 'callable' }];
  }
}
