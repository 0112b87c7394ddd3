import cors from 'cors';
import helmet from 'helmet';

/** Per path prefix, the sources a page needs beyond the policy of all pages. */
export type PagePolicies = Record<string, Record<string, string[]>>;

const self = ["'self'"];
const exposed = ['X-Request-Id', 'ETag', 'Idempotent-Replayed', 'Retry-After', 'RateLimit', 'RateLimit-Policy'];

/**
 * The headers of every page of the documentation, asked of Helmet once at start instead of at each request. The policy is one under which the
 * pages work and nothing is loaded from elsewhere. Styles may be inline, because Swagger UI and Redoc write them; scripts may not.
 */
export function pageHeaders(extra: Record<string, string[]> = {}): string[] {
  return recorded(
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
    }),
  );
}

/**
 * The headers of every answer of an operation: of Helmet's those that mean something for an answer that is no page, because each costs time on
 * every request. Nothing in such an answer may be run, framed or guessed at.
 */
export function answerHeaders(isSecure: boolean): string[] {
  return recorded(
    helmet({
      contentSecurityPolicy: { useDefaults: false, directives: { 'default-src': ["'none'"], 'frame-ancestors': ["'none'"] } },
      // RFC 6797 7.2 forbids it on answers that did not come by https.
      ...(isSecure ? {} : { strictTransportSecurity: false }),
      crossOriginResourcePolicy: false,
      ...{
        crossOriginOpenerPolicy: false,
        originAgentCluster: false,
        referrerPolicy: false,
        xDnsPrefetchControl: false,
        xDownloadOptions: false,
      },
      ...{ xFrameOptions: false, xPermittedCrossDomainPolicies: false, xXssProtection: false },
    }),
  );
}

/** What an answer to a request with an Origin carries besides. */
export function crossOriginHeaders(): string[] {
  return recorded(cors({ origin: '*', exposedHeaders: exposed }));
}

function recorded(middleware: (req: never, res: never, next: () => void) => void): string[] {
  const headers = new Map<string, string>();
  const recorder = {
    setHeader: (name: string, value: string | string[]) => headers.set(name, String(value)),
    getHeader: (name: string) => headers.get(name),
    removeHeader: (name: string) => headers.delete(name),
  };
  middleware({ method: 'GET', headers: {} } as never, recorder as never, () => {});
  return [...headers].flat();
}

/** What a browser asks before it sends a request from another origin. Keys travel in headers, so any origin may ask; none gets cookies. */
export const answerPreflight = cors({ origin: '*', methods: ['GET', 'POST', 'PUT', 'PATCH', 'DELETE'], maxAge: 600 });
