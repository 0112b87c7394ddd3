import { createServer, IncomingMessage, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import express from 'express';
import { expect, it } from 'vitest';
import { messageClasses } from './message-classes.ts';

it("gives every request and response the app's prototypes before Express sees them", async () => {
  const app = express();
  app.get('/', (req, res) => void res.json({ ip: req.ip, set: [req instanceof IncomingMessage, res instanceof ServerResponse] }));
  const seen: boolean[] = [];
  const server = createServer(messageClasses(app), (req, res) => {
    seen.push(Object.getPrototypeOf(req) === app.request, Object.getPrototypeOf(res) === app.response);
    app(req, res);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const answer = await fetch(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`);
  expect(await answer.json()).toEqual({ ip: '127.0.0.1', set: [true, true] });
  expect(seen).toEqual([true, true]);
  await new Promise((resolve) => server.close(resolve));
});

it("falls back to Node's own classes when Express keeps no prototypes of this kind", () => {
  expect(messageClasses({ request: {}, response: {} } as never)).toEqual({});
});
