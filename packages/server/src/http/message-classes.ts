import { IncomingMessage, type ServerOptions, ServerResponse } from 'node:http';
import type { Express } from 'express';

type Classes = Pick<ServerOptions, 'IncomingMessage' | 'ServerResponse'>;

/**
 * Classes for `http.createServer` whose instances have the prototypes of the app from the start. Express gives every request and response
 * its own prototypes with `Object.setPrototypeOf`, which on Node 20 costs more than all the rest of a small request; with these it finds
 * them set and changes nothing. Relies on `app.request` and `app.response` being those prototypes, so that is checked, and where it no longer
 * holds Node's own classes are used: slower, otherwise the same.
 */
export function messageClasses(app: Express): Classes {
  const { request, response } = app as unknown as { request?: object; response?: object };
  if (!(request instanceof IncomingMessage) || !(response instanceof ServerResponse)) return {};
  return { IncomingMessage: withPrototype(IncomingMessage, request), ServerResponse: withPrototype(ServerResponse, response) };
}

// A plain function, because a class may not be given another prototype object.
function withPrototype<T extends typeof IncomingMessage | typeof ServerResponse>(base: T, prototype: object): T {
  // Two parameters are all that Node gives; gathering them in an array would cost each message.
  function Message(this: object, first: unknown, second: unknown) {
    (base as unknown as { call(self: object, first: unknown, second: unknown): void }).call(this, first, second);
  }
  Object.setPrototypeOf(Message, base);
  Message.prototype = prototype;
  return Message as unknown as T;
}
