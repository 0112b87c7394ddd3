import { type Exchange, isObject } from './answer.ts';
import { RateLimited } from './request.ts';

export type Outcome = 'passed' | 'failed' | 'not checked';

/** One guarantee, of one operation unless it is about the whole surface. */
export type CaseResult = { check: string; operationId?: string; guarantee: string; outcome: Outcome; message?: string };

/** What the contract promises did not happen. */
export class Broken extends Error {
  constructor(
    message: string,
    readonly exchange?: Exchange,
  ) {
    super(exchange ? `${message}: ${describe(exchange)}` : message);
  }
}

/** This target gives no means to find out. */
export class NotChecked extends Error {}

export type Results = {
  cases: CaseResult[];
  /** What a reader of the report must know beside the outcomes. */
  notes: string[];
  /** Runs one case; whatever it throws becomes its outcome. */
  run(check: string, operationId: string | undefined, guarantee: string, work: () => Promise<void>): Promise<void>;
};

/** @param strict counts what a used-up limit kept from being checked as failed. */
export function createResults(strict: boolean, onCase: (result: CaseResult) => void): Results {
  const results: Results = {
    cases: [],
    notes: [],
    async run(check, operationId, guarantee, work) {
      const result: CaseResult = { check, operationId, guarantee, outcome: 'passed' };
      try {
        await work();
      } catch (error) {
        const open = error instanceof NotChecked || (error instanceof RateLimited && !strict);
        result.outcome = open ? 'not checked' : 'failed';
        result.message = error instanceof Error ? error.message : String(error);
        if (!(error instanceof Broken || error instanceof NotChecked || error instanceof RateLimited)) {
          result.message = `${result.message}${unexpectedAt(error)}`;
        }
      }
      results.cases.push(result);
      onCase(result);
    },
  };
  return results;
}

/** A request and its answer in one line: `POST /v1/apps {…} → 409 bundle_id_taken (request …)`. */
function describe({ method, location, sentBody, status, body, requestId }: Exchange): string {
  const sent = sentBody === undefined ? '' : ` ${cut(JSON.stringify(sentBody))}`;
  const problem = status >= 400 && isObject(body) ? ` ${body.code}, ${cut(JSON.stringify(body.detail))}` : '';
  return `${method} ${cut(location)}${sent} → ${status}${problem} (request ${requestId})`;
}

export function cut(text: string | undefined, length = 300): string {
  const whole = text ?? '';
  return whole.length > length ? `${whole.slice(0, length)}…` : whole;
}

/** The first line of the kit in a stack: an error that is no finding is a defect of the kit, the target or the network. */
function unexpectedAt(error: unknown): string {
  const line = error instanceof Error ? error.stack?.split('\n')[1]?.trim() : undefined;
  return line ? ` (${line})` : '';
}
