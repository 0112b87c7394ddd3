import type { ServerResponse } from 'node:http';
import helmet from 'helmet';

const self = ["'self'"];

/**
 * Helmet with a policy under which the documentation works and nothing is loaded from elsewhere. Styles may be inline because Swagger UI and
 * Redoc write them; scripts may not.
 */
export function securityHeaders(pagePolicies: Record<string, Record<string, string[]>>) {
  const make = (extra: Record<string, string[]>) =>
    helmet({
      contentSecurityPolicy: {
        useDefaults: false,
        directives: {
          'default-src': ["'none'"],
          'script-src': [...self, ...(extra['script-src'] ?? [])],
          'style-src': [...self, "'unsafe-inline'"],
          'img-src': [...self, 'data:'],
          'font-src': self,
          'connect-src': self,
          'base-uri': ["'none'"],
          'form-action': self,
          'frame-ancestors': ["'none'"],
          ...(extra['worker-src'] ? { 'worker-src': extra['worker-src'] } : {}),
        },
      },
      referrerPolicy: { policy: 'no-referrer' },
      crossOriginResourcePolicy: { policy: 'cross-origin' },
    });
  const plain = make({});
  const pages = Object.entries(pagePolicies).map(([prefix, policy]) => ({ prefix, apply: make(policy) }));
  return (req: Parameters<typeof plain>[0], res: ServerResponse, path: string): void => {
    const apply = pages.find(({ prefix }) => path.startsWith(prefix))?.apply ?? plain;
    apply(req, res, (error) => {
      if (error) throw error;
    });
  };
}
