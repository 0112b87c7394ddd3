import { randomUUID } from 'node:crypto';
import { answerFaults, type Exchange, mediaTypeOf } from './answer.ts';
import type { Contract, Operation } from './contract.ts';
import { loopbackOrigins } from './origins.ts';
import { locationOf, type Plan } from './plan.ts';
import type { Credential, Origin, Target } from './target.ts';
import type { Validators } from './validators.ts';
import { sendOverWire } from './wire.ts';

/** A departure from the contract in an answer, with one request that showed it. */
export type Departure = { fault: string; count: number; example: Exchange };

export type SendOptions = {
  /** One of the contract's servers, such as `/api`. */
  prefix?: string;
  method?: string;
  /** Where the request comes from; without it, limited operations are called from a fresh address each time. */
  origin?: Origin;
  /** 429 is what the caller waits for. Otherwise it throws `RateLimited`. */
  limitExpected?: boolean;
};

/** The operation's limit is used up, so that what was to be checked cannot be. */
export class RateLimited extends Error {
  constructor(operationId: string) {
    super(`the rate limit of ${operationId} is used up`);
  }
}

/** Sends every request of the kit, and checks every answer against the contract. */
export type Recorder = {
  send(plan: Plan, credential: Credential | undefined, options?: SendOptions): Promise<Exchange>;
  /** A request of a path or method that the contract does not have. */
  sendOutside(method: string, location: string, credential: Credential | undefined): Promise<Exchange>;
  /** How often each status of an operation was answered. */
  count(operationId: string, status: number): number;
  departures(operation: Operation | undefined, status?: number): Departure[];
  /** Called with every exchange. */
  onExchange(listener: (exchange: Exchange, plan: Plan | undefined) => void): void;
  /** An address no earlier request came from, where the target allows for one. */
  freshOrigin: (() => Origin) | undefined;
  /** While true, 5xx is no departure. */
  faultInjected: boolean;
  requests: number;
};

export function createRecorder(target: Target, contract: Contract, validators: Validators): Recorder {
  const freshOrigin = target.freshOrigin?.bind(target) ?? loopbackOrigins(target.baseUrl);
  const departures = new Map<string, Departure>();
  const counts = new Map<string, number>();
  const listeners: ((exchange: Exchange, plan: Plan | undefined) => void)[] = [];
  const key = (operationId: string | undefined, status: number) => `${operationId ?? ''} ${status}`;

  async function exchange(method: string, location: string, given: Given): Promise<Exchange> {
    const requestId = randomUUID();
    const headers = { accept: '*/*', 'x-request-id': requestId, ...lowerCased(given.origin?.headers), ...lowerCased(given.headers) };
    const url = new URL(target.baseUrl + location);
    const answer = await sendOverWire({ method, url, headers, body: given.body, localAddress: given.origin?.localAddress });
    recorder.requests += 1;
    const result: Exchange = {
      operation: given.operation,
      method,
      location,
      requestId: headers['x-request-id'],
      sentBody: given.sentBody,
      ...answer,
      body: parse(answer),
      faultInjected: recorder.faultInjected,
    };
    const place = key(given.operation?.id, answer.status);
    if (method !== 'HEAD') counts.set(place, (counts.get(place) ?? 0) + 1);
    for (const fault of answerFaults(contract, validators, result)) {
      const known = departures.get(`${place} ${fault}`);
      if (known) known.count += 1;
      else departures.set(`${place} ${fault}`, { fault, count: 1, example: result });
    }
    return result;
  }

  const recorder: Recorder = {
    freshOrigin,
    faultInjected: false,
    requests: 0,
    async send(plan, credential, options = {}) {
      const { operation } = plan;
      const body = plan.raw ?? (plan.body === undefined ? undefined : JSON.stringify(plan.body));
      const contentType: Record<string, string> = body === undefined || !operation.body ? {} : { 'content-type': operation.body.mediaType };
      const result = await exchange(options.method ?? operation.method.toUpperCase(), (options.prefix ?? '') + locationOf(plan), {
        operation,
        headers: { ...contentType, ...lowerCased(credential?.headers), ...lowerCased(plan.headers) },
        body,
        sentBody: plan.raw ? undefined : plan.body,
        origin: options.origin ?? (operation.rateLimit?.by === 'address' ? freshOrigin?.() : undefined),
      });
      for (const listener of listeners) listener(result, plan);
      if (result.status === 429 && !options.limitExpected) throw new RateLimited(operation.id);
      return result;
    },
    async sendOutside(method, location, credential) {
      const result = await exchange(method, location, { headers: { ...credential?.headers } });
      for (const listener of listeners) listener(result, undefined);
      return result;
    },
    count: (operationId, status) => counts.get(key(operationId, status)) ?? 0,
    departures: (operation, status) =>
      [...departures.values()].filter(
        ({ example }) => example.operation?.id === operation?.id && (status === undefined || example.status === status),
      ),
    onExchange: (listener) => listeners.push(listener),
  };
  return recorder;
}

type Given = { operation?: Operation; headers: Record<string, string>; body?: string | Buffer; sentBody?: unknown; origin?: Origin };

/** So that a header given twice in different cases is one. */
function lowerCased(headers: Record<string, string> = {}): Record<string, string> {
  return Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]));
}

function parse({ headers, text }: { headers: Record<string, string>; text: string }): unknown {
  if (!mediaTypeOf(headers).endsWith('json')) return text;
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
