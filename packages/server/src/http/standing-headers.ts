import cors from 'cors';
import helmet from 'helmet';

/** Per path prefix, the sources a page needs beyond the policy of all pages. */
export type PagePolicies = Record<string, Record<string, string[]>>;

const self = ["'self'"];
const exposed = ['X-Request-Id', 'ETag', 'Idempotent-Replayed', 'Retry-After', 'RateLimit', 'RateLimit-Policy'];

/**
 * The headers that Helmet and cors set, which are the same for every answer: asked of them once at start instead of at each request.
 * The policy is one under which the documentation works and nothing is loaded from elsewhere. Styles may be inline, because Swagger UI and
 * Redoc write them; scripts may not.
 */
export function standingHeaders(extra: Record<string, string[]> = {}): string[] {
  const headers = new Map<string, string>();
  const recorder = {
    setHeader: (name: string, value: string | string[]) => headers.set(name, String(value)),
    getHeader: (name: string) => headers.get(name),
    removeHeader: (name: string) => headers.delete(name),
  };
  const run = (middleware: (req: never, res: never, next: () => void) => void) =>
    middleware({ method: 'GET', headers: {} } as never, recorder as never, () => {});
  run(
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
    }) as never,
  );
  run(cors({ origin: '*', exposedHeaders: exposed }) as never);
  return [...headers].flat();
}

/** What a browser asks before it sends a request from another origin. Keys travel in headers, so any origin may ask; none gets cookies. */
export const answerPreflight = cors({ origin: '*', methods: ['GET', 'POST', 'PUT', 'PATCH', 'DELETE'], maxAge: 600 });
