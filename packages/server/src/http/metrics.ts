import { Counter, collectDefaultMetrics, Histogram, Registry } from 'prom-client';

/** The metrics of one server, in a registry of its own so that several servers can live in one process. */
export class Metrics {
  readonly registry = new Registry();
  readonly #requests = new Counter({
    name: 'http_requests_total',
    help: 'Requests answered, by operation and status.',
    labelNames: ['operation', 'status'],
    registers: [this.registry],
  });
  readonly #seconds = new Histogram({
    name: 'http_request_duration_seconds',
    help: 'Time from the first byte of a request to the last byte of its answer.',
    labelNames: ['operation'],
    buckets: [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10],
    registers: [this.registry],
  });

  // Finding a series by its labels costs more than counting in it.
  readonly #series = new Map<string, { requests: Counter.Internal; seconds: Histogram.Internal<string> }>();

  constructor() {
    collectDefaultMetrics({ register: this.registry });
  }

  /** `operation` is an operationId, or `none` for what is no operation; never text of the caller, which would grow without bound. */
  count(operation: string, status: number, seconds: number): void {
    const key = `${operation} ${status}`;
    let series = this.#series.get(key);
    if (!series) {
      series = { requests: this.#requests.labels(operation, String(status)), seconds: this.#seconds.labels(operation) };
      this.#series.set(key, series);
    }
    series.requests.inc();
    series.seconds.observe(seconds);
  }

  read(): Promise<string> {
    return this.registry.metrics();
  }

  close(): void {
    this.registry.clear();
  }
}
