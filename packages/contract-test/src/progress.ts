import { place } from './report.ts';
import type { CaseResult } from './results.ts';

export type ProgressEvent = { kind: 'check'; check: string; title: string; seed: number } | { kind: 'case'; result: CaseResult };

/** How often the line of a terminal is rewritten. */
const rewriteMs = 100;

/**
 * Says where a run is: a line per check, failures at once, and on a terminal also the present case, in a line that is rewritten.
 * @returns what to give as `onProgress`, and what to call at the end.
 */
export function followProgress(
  print: (line: string) => void,
  terminal?: NodeJS.WriteStream,
): { onProgress(event: ProgressEvent): void; end(): void } {
  const isTerminal = terminal?.isTTY === true;
  let title = '';
  let counts = { passed: 0, failed: 0, 'not checked': 0 };
  let rewrittenAt = 0;

  function line(text: string): void {
    if (isTerminal) terminal.write('\r\u001b[2K');
    print(text);
  }

  function finish(): void {
    if (title === '') return;
    const open = counts['not checked'] > 0 ? `, ${counts['not checked']} not checked` : '';
    line(`${counts.failed > 0 ? '✗' : '✓'} ${title}: ${counts.passed} held, ${counts.failed} broken${open}`);
  }

  function rewrite(result: CaseResult): void {
    if (!isTerminal || Date.now() - rewrittenAt < rewriteMs) return;
    rewrittenAt = Date.now();
    const text = `… ${title}: ${counts.passed + counts.failed} · ${place(result)}`;
    terminal.write(`\r\u001b[2K${text.slice(0, Math.max(20, terminal.columns - 1))}`);
  }

  return {
    onProgress(event) {
      if (event.kind === 'check') {
        if (title === '') line(`seed ${event.seed}`);
        finish();
        title = event.title;
        counts = { passed: 0, failed: 0, 'not checked': 0 };
        return;
      }
      counts[event.result.outcome] += 1;
      if (event.result.outcome === 'failed') line(`  ✗ ${place(event.result)}: ${event.result.message}`);
      rewrite(event.result);
    },
    end: finish,
  };
}
