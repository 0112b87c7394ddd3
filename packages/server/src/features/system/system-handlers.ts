import { contractYaml, type Document, readDocument } from '@appstead/contract/document';
import type { Database } from '@appstead/database';
import type { Handlers } from '../../http/context.ts';
import { unavailable } from '../../http/http-problems.ts';
import type { Metrics } from '../../http/metrics.ts';

type SystemOperation = 'getLiveness' | 'getReadiness' | 'getMetrics' | 'getContract' | 'getContractJson';

export function systemHandlers({
  db,
  metrics,
  isStopping,
  isCompiled,
}: {
  db: Database;
  metrics: Metrics;
  isStopping: () => boolean;
  isCompiled: () => boolean;
}): Handlers<SystemOperation> {
  // Read when it is first asked for: a start has better things to do.
  let document: Document | undefined;
  return {
    async getLiveness() {
      return { status: 200, body: { success: true, status: 'live' } };
    },
    async getReadiness() {
      if (isStopping() || !isCompiled()) throw unavailable();
      await db.ping();
      return { status: 200, body: { success: true, status: 'ready' } };
    },
    async getMetrics() {
      return { status: 200, body: await metrics.read() };
    },
    async getContract() {
      return { status: 200, body: contractYaml };
    },
    async getContractJson() {
      document ??= readDocument();
      return { status: 200, body: document };
    },
  };
}
