import robotsModule from 'robots-parser';
import type { GuardedSender } from '../../egress/guarded-sender.ts';
import { UnreadablePage } from './unreadable-page.ts';

/** The name that a robots.txt addresses us by. */
export const robotName = 'AppsteadBot';
/** RFC 9309 2.5: at least 500 KiB have to be read. */
const bytesMax = 512 * 1024;

// It is a function, and its types say that it is a module with one.
const robotsParser = robotsModule as unknown as typeof robotsModule.default;

type Rules = ReturnType<typeof robotsParser>;
type Parts = { sender: GuardedSender; userAgent: string };

/** What hosts let robots read (RFC 9309), asked once per origin for the pages of one reading. */
export class Robots {
  readonly #rules = new Map<string, Promise<Rules | undefined>>();

  constructor(private readonly parts: Parts) {}

  /** Rejects with UnreadablePage when the page is not for us, with EgressError when its host cannot be asked. */
  async requireAllowed(url: URL, limits: { deadlineMs: number; signal: AbortSignal }): Promise<void> {
    let rules = this.#rules.get(url.origin);
    if (!rules) {
      rules = this.#read(url.origin, limits);
      this.#rules.set(url.origin, rules);
    }
    if ((await rules)?.isDisallowed(url.href, robotName)) {
      throw new UnreadablePage(`The robots.txt of the host does not let ${robotName} read the page.`, false);
    }
  }

  async #read(origin: string, limits: { deadlineMs: number; signal: AbortSignal }): Promise<Rules | undefined> {
    const { sender, userAgent } = this.parts;
    const url = `${origin}/robots.txt`;
    const headers = { 'user-agent': userAgent, accept: 'text/plain' };
    const { status, body } = await sender.send({ url, method: 'GET', headers, bytesMax, redirectsMax: 3, ...limits });
    // None is there, or none for us: everything may be read. A host in trouble is another matter (RFC 9309 2.3.1).
    if (status >= 500 || status === 429) throw new UnreadablePage('The robots.txt of the host cannot be read at the moment.', true);
    return status >= 200 && status < 300 ? robotsParser(url, new TextDecoder().decode(body)) : undefined;
  }
}
