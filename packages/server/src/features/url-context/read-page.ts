import contentType from 'content-type';
import { classify, EgressError, RefusedUrl } from '../../egress/egress-error.ts';
import type { GuardedSender, IncomingResponse } from '../../egress/guarded-sender.ts';
import { decodeText } from './decode-text.ts';
import { htmlToText, tidyText } from './readable-text.ts';
import type { Robots } from './robots.ts';
import { UnreadablePage } from './unreadable-page.ts';

const deadlineMs = 10_000;
/** Of a longer page the beginning is read. */
const bytesMax = 1_000_000;
const redirectsMax = 3;
const htmlTypes = new Set(['text/html', 'application/xhtml+xml']);

type Parts = { sender: GuardedSender; robots: Robots; userAgent: string; signal: AbortSignal; deadlineMs?: number };

/** The readable text of a page, never empty. Rejects with UnreadablePage, or with the reason of `signal`. */
export async function readPage(url: string, parts: Parts): Promise<string> {
  try {
    const answer = await get(url, parts);
    const text = tidyText(await textOf(answer, parts.signal));
    if (text === '') throw new UnreadablePage('The page has no text that could be read.', false);
    return text;
  } catch (error) {
    if (!(error instanceof EgressError || error instanceof RefusedUrl)) throw error;
    const { message, failure } = classify(error);
    // Its words are made for whoever set the URL: they tell nothing of what stands behind an address that may not be called.
    throw new UnreadablePage(`${message}.`, failure !== 'redirects', error);
  }
}

// Redirects are followed here and not by the sender, because each page on the way has a robots.txt of its own.
async function get(first: string, parts: Parts): Promise<IncomingResponse> {
  const { sender, robots, userAgent, signal } = parts;
  const endsAt = performance.now() + (parts.deadlineMs ?? deadlineMs);
  const headers = { 'user-agent': userAgent, accept: 'text/html, application/xhtml+xml, text/plain;q=0.9' };
  const limits = () => ({ signal, deadlineMs: Math.max(1, endsAt - performance.now()) });
  let url = new URL(first);
  for (let redirects = 0; ; redirects++) {
    sender.check(url.href);
    await robots.requireAllowed(url, limits());
    const answer = await sender.send({ url: url.href, method: 'GET', headers, bytesMax, ...limits() });
    const { location } = answer.headers;
    if (answer.status < 300 || answer.status >= 400 || typeof location !== 'string') return answer;
    if (redirects === redirectsMax) throw new UnreadablePage(`The page redirects more than ${redirectsMax} times.`, false);
    if (!URL.canParse(location, url.href)) throw new UnreadablePage('The page redirects to an address that is no URL.', false);
    url = new URL(location, url);
  }
}

async function textOf({ status, headers, body }: IncomingResponse, signal: AbortSignal): Promise<string> {
  if (status < 200 || status >= 300) {
    throw new UnreadablePage(`The page answers ${status}.`, status >= 500 || status === 408 || status === 429);
  }
  const { type, charset } = typeOf(headers['content-type']);
  const isHtml = htmlTypes.has(type);
  if (!isHtml && type !== 'text/plain') throw new UnreadablePage('The page is neither HTML nor plain text.', false);
  const text = decodeText(body, { charset, isHtml });
  return isHtml ? htmlToText(text, signal) : text;
}

function typeOf(header: string | string[] | undefined): { type: string; charset: string | undefined } {
  const given = [header].flat()[0] ?? '';
  try {
    const { type, parameters } = contentType.parse(given);
    return { type, charset: parameters.charset };
  } catch {
    // Many servers write parameters that are none.
    return { type: (given.split(';')[0] ?? '').trim().toLowerCase(), charset: undefined };
  }
}
