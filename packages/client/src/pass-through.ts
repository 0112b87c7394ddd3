import type { MergedOptions, Middleware, MiddlewareCallbackParams } from 'openapi-fetch';

/**
 * Sends a request through middleware, as openapi-fetch has it: on the way out each may replace the request or answer it at once, on the way
 * back, in the opposite order, each may replace the answer, or turn a failure into one.
 */
export async function passThrough(
  request: Request,
  call: Omit<MiddlewareCallbackParams, 'request'> & { options: MergedOptions },
  middleware: Middleware[],
): Promise<Response> {
  for (const { onRequest } of middleware) {
    const made = await onRequest?.({ ...call, request });
    if (made instanceof Response) return made;
    request = made ?? request;
  }
  const back = middleware.toReversed();
  let response: Response;
  try {
    response = await call.options.fetch(request);
  } catch (thrown) {
    response = await rescue(thrown, { ...call, request }, back);
  }
  for (const { onResponse } of back) response = (await onResponse?.({ ...call, request, response })) ?? response;
  return response;
}

async function rescue(error: unknown, call: MiddlewareCallbackParams, back: Middleware[]): Promise<Response> {
  for (const { onError } of back) {
    const made = await onError?.({ ...call, error });
    if (made instanceof Response) return made;
    error = made ?? error;
  }
  throw error;
}
