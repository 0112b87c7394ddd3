import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { readDocument } from '@appstead/contract/document';
import express from 'express';
import { contentSecurityPolicy } from '../content-security-policy.ts';

export type ServedSite = { baseUrl: string; close: () => Promise<void> };

/** Serves a built site on a free port of the loopback address as the real server does: with its policy, and the contract beside it. */
export async function serveSite(siteDir: string): Promise<ServedSite> {
  const app = express();
  app.use((_request, response, next) => {
    response.set({ 'Content-Security-Policy': contentSecurityPolicy, 'X-Content-Type-Options': 'nosniff' });
    next();
  });
  app.get('/openapi.json', (_request, response) => {
    response.json(readDocument());
  });
  app.use(express.static(siteDir));
  app.use('/api/v1/docs', express.static(join(siteDir, 'docs')));
  const server = app.listen(0, '127.0.0.1');
  await new Promise((resolve, reject) => server.once('listening', resolve).once('error', reject));
  const { port } = server.address() as AddressInfo;
  return {
    baseUrl: `http://127.0.0.1:${port}`,
    close: () => new Promise((resolve, reject) => server.close((error) => (error ? reject(error) : resolve()))),
  };
}
