import { appOf, type Handlers } from '../../http/context.ts';
import type { JudgedEvent } from './event-judge.ts';
import type { Ingestion } from './ingestion.ts';
import { loadEventJudge } from './load-event-judge.ts';
import { checkSender } from './sender-rules.ts';

type IngestionOperation = 'ingestEvents';

export function ingestionHandlers({ ingestion }: { ingestion: Ingestion }): Handlers<IngestionOperation> {
  return {
    async ingestEvents({ body }, context) {
      const sender = appOf(context);
      checkSender(sender, context.origin, body.bundle_id);
      const judge = await loadEventJudge();
      const events: JudgedEvent[] = [];
      const rejected: { index: number; message: string }[] = [];
      body.events.forEach((sent, index) => {
        const judged = judge(sent, context.now, sender.app.platform);
        if (typeof judged === 'string') rejected.push({ index, message: judged });
        else events.push(judged);
      });
      return { status: 200, body: { success: true, ...(await ingestion.take(sender, events)), rejected } };
    },
  };
}
