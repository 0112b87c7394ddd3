import type { Registry } from 'prom-client';

/** The upper bounds of the buckets of the histogram, in seconds. */
const bounds = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];

/** How long the requests of one operation took: how many were within each bound and not within the one before; the last are beyond all. */
type Durations = { within: Float64Array; sum: number };

/**
 * The metrics of one server. Requests are counted here in plain numbers, because that is done for each of them; prom-client, which is only
 * needed where they are read, adds those of the process.
 */
export class Metrics {
  /** By operation, by status. */
  readonly #requests = new Map<string, Map<number, number>>();
  readonly #durations = new Map<string, Durations>();
  #process: Promise<Registry> | undefined;

  /** `operation` is an operationId, or `none` for what is no operation; never text of the caller, which would grow without bound. */
  count(operation: string, status: number, seconds: number): void {
    let statuses = this.#requests.get(operation);
    let durations = this.#durations.get(operation);
    if (!statuses || !durations) {
      statuses = new Map();
      durations = { within: new Float64Array(bounds.length + 1), sum: 0 };
      this.#requests.set(operation, statuses);
      this.#durations.set(operation, durations);
    }
    statuses.set(status, (statuses.get(status) ?? 0) + 1);
    let bucket = 0;
    while (bucket < bounds.length && seconds > (bounds[bucket] as number)) bucket++;
    durations.within[bucket] = (durations.within[bucket] as number) + 1;
    durations.sum += seconds;
  }

  /** The Prometheus text format. */
  async read(): Promise<string> {
    const registry = await this.load();
    return `${this.#requestsText()}\n${this.#durationsText()}\n${await registry.metrics()}`;
  }

  /** Begins to watch the process: memory, garbage collection, event loop. Resolves with what was seen. */
  load(): Promise<Registry> {
    this.#process ??= import('prom-client').then(({ collectDefaultMetrics, Registry }) => {
      // One of its own, so that several servers can live in one process.
      const registry = new Registry();
      collectDefaultMetrics({ register: registry });
      return registry;
    });
    return this.#process;
  }

  close(): void {
    void this.#process?.then((registry) => registry.clear());
  }

  #requestsText(): string {
    const lines = ['# HELP http_requests_total Requests answered, by operation and status.', '# TYPE http_requests_total counter'];
    for (const [operation, statuses] of this.#requests)
      for (const [status, count] of statuses) lines.push(`http_requests_total{operation="${operation}",status="${status}"} ${count}`);
    return `${lines.join('\n')}\n`;
  }

  #durationsText(): string {
    const name = 'http_request_duration_seconds';
    const lines = [`# HELP ${name} Time from the first byte of a request to the last byte of its answer.`, `# TYPE ${name} histogram`];
    for (const [operation, { within, sum }] of this.#durations) {
      let total = 0;
      within.forEach((count, at) => {
        total += count;
        lines.push(`${name}_bucket{le="${bounds[at] ?? '+Inf'}",operation="${operation}"} ${total}`);
      });
      lines.push(`${name}_sum{operation="${operation}"} ${sum}`, `${name}_count{operation="${operation}"} ${total}`);
    }
    return `${lines.join('\n')}\n`;
  }
}
