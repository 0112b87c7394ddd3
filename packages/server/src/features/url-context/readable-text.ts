import { Worker } from 'node:worker_threads';
import { UnreadablePage } from './unreadable-page.ts';

/** Found from here both in src and in dist. */
const workerFile = new URL('../../../worker/html-to-text.mjs', import.meta.url);
const limitMs = 5_000;
const memoryMbMax = 128;

/**
 * What people read of an HTML document, in a thread of its own with limits on time and memory: a document can be made so that parsing it
 * takes minutes. Rejects with UnreadablePage when it goes over them, or with the reason of `signal`.
 */
export async function htmlToText(html: string, signal: AbortSignal): Promise<string> {
  signal.throwIfAborted();
  const thread = new Worker(workerFile, { workerData: html, execArgv: [], resourceLimits: { maxOldGenerationSizeMb: memoryMbMax } });
  let timer: NodeJS.Timeout | undefined;
  let stop = () => {};
  try {
    return await new Promise<string>((resolve, reject) => {
      const tooMuch = (cause?: unknown) => reject(new UnreadablePage('The page is too complicated to be read.', false, cause));
      stop = () => reject(signal.reason);
      signal.addEventListener('abort', stop, { once: true });
      timer = setTimeout(tooMuch, limitMs);
      thread
        .once('message', resolve)
        .once('error', tooMuch)
        .once('exit', () => tooMuch());
    });
  } finally {
    clearTimeout(timer);
    signal.removeEventListener('abort', stop);
    await thread.terminate();
  }
}

/** Without what a database or a reader cannot use: control characters, halves of characters, spaces at ends of lines, and rows of empty lines. */
export function tidyText(text: string): string {
  return text
    .replaceAll(/\r\n?/g, '\n')
    .replaceAll(/[\u00ad\u200b\ufeff]/g, '')
    .replaceAll(/[^\P{Cc}\n]|\p{Cs}|\p{Zs}/gu, ' ')
    .replaceAll(/ +/g, ' ')
    .replaceAll(/ ?\n ?/g, '\n')
    .replaceAll(/\n{3,}/g, '\n\n')
    .trim();
}

/** At most so many UTF-16 units, cut at the end of a word if one is near. */
export function cutText(text: string, lengthMax: number): string {
  if (text.length <= lengthMax) return text;
  const cut = text.slice(0, lengthMax - 1);
  const atSpace = cut.slice(-100).search(/\s\S*$/);
  const end = atSpace === -1 ? cut.length : cut.length - Math.min(100, cut.length) + atSpace;
  // Not between the two halves of a character.
  return `${cut
    .slice(0, end)
    .replace(/[\ud800-\udbff]$/, '')
    .trimEnd()}…`;
}
