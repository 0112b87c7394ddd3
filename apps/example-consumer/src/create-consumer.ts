import { createServer, type IncomingMessage, type Server } from 'node:http';
import { text } from 'node:stream/consumers';
import { type App, type AppsteadClient, ConnectionError, ProblemError, paginate } from '@appstead/client';
import { renderMessage, renderPage } from './render-page.ts';

type Answer = { status: number; headers?: Record<string, string>; html: string };

const pageHeaders = { 'Content-Type': 'text/html; charset=utf-8', 'Content-Security-Policy': "default-src 'none'; form-action 'self'" };

/** A service that shows an organization's apps (`GET /`) and creates one from a form (`POST /apps`). It opens no port. */
export function createConsumer(client: AppsteadClient): Server {
  return createServer(async (request, response) => {
    const { status, headers, html } = await route(client, request).catch(explain);
    response.writeHead(status, { ...pageHeaders, ...headers }).end(html);
  });
}

async function route(client: AppsteadClient, request: IncomingMessage): Promise<Answer> {
  const { pathname } = new URL(request.url ?? '/', 'http://localhost');
  if (request.method === 'GET' && pathname === '/') return showApps(client);
  if (request.method === 'POST' && pathname === '/apps') return createApp(client, request);
  return { status: 404, html: renderMessage('There is no such page.') };
}

async function showApps(client: AppsteadClient): Promise<Answer> {
  const apps: App[] = [];
  for await (const app of paginate(client, '/v1/apps')) apps.push(app);
  return { status: 200, html: renderPage(apps) };
}

async function createApp(client: AppsteadClient, request: IncomingMessage): Promise<Answer> {
  // A page of another site could send this form too, and it would act with our key.
  if (request.headers['sec-fetch-site'] === 'cross-site') return { status: 403, html: renderMessage('Use the form of this page.') };
  const name = new URLSearchParams(await text(request)).get('name') ?? '';
  const { error } = await client.POST('/v1/apps', { body: { name } });
  if (error) throw new ProblemError(error);
  return { status: 303, headers: { Location: '/' }, html: '' };
}

/** What the visitor is told: the server's own words if the visitor can do something about it, else that it is not their fault. */
function explain(error: unknown): Answer {
  if (error instanceof ConnectionError) return { status: 502, html: renderMessage('Appstead does not answer. Try again later.') };
  if (!(error instanceof ProblemError)) {
    console.error(error);
    return { status: 500, html: renderMessage('Something went wrong here.') };
  }
  switch (error.code) {
    case 'invalid_request':
    case 'invalid_characters':
      return { status: 400, html: renderMessage(error.problem.detail) };
    default:
      console.error(error.message);
      return { status: 502, html: renderMessage(`Appstead could not do this (request ${error.requestId}).`) };
  }
}
