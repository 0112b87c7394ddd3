import type { Document } from '@appstead/contract/document';
import type { Express, NextFunction, Request, Response } from 'express';
import type { IndexedOperation } from './contract-index.ts';
import { describeInvalid } from './describe-invalid.ts';
import { formats } from './formats.ts';

/** Validates one request against its operation, coercing and filling in defaults; throws a problem when it is not valid. */
export type Validator = (req: Request, res: Response, operation: IndexedOperation) => Promise<void>;

type Layer = (req: Request, res: Response, next: NextFunction) => unknown;

/**
 * express-openapi-validator behind one function. It reports a broken contract only on requests, and compiles an operation only at its first
 * hit, so both are provoked here: the start fails when the contract cannot be used, and no caller pays for compiling. Between operations the
 * event loop gets its turn, because requests may already be coming in. Writes into the document.
 */
export async function createValidator(document: Document, operations: IndexedOperation[], app: Express): Promise<Validator> {
  // Loaded only here: it takes longer to load than all the rest of the server, and no request that the lane is sure of needs it.
  const { middleware } = await import('express-openapi-validator');
  await turn();
  const layers = middleware({
    apiSpec: document as never,
    validateRequests: { allowUnknownQueryParameters: false, coerceTypes: false },
    validateResponses: false,
    validateSecurity: false,
    validateApiSpec: true,
    validateFormats: true,
    formats: Object.fromEntries(Object.entries(formats).map(([name, validate]) => [name, { type: 'string' as const, validate }])),
    fileUploader: false,
  }) as unknown as Layer[];

  const run = async (req: Request, res: Response) => {
    for (const layer of layers) {
      await new Promise<void>((resolve, reject) => {
        Promise.resolve(layer(req, res, (error?: unknown) => (error ? reject(error) : resolve()))).catch(reject);
      });
    }
  };

  for (const operation of operations) {
    await warm(run, operation, app);
    await turn();
  }

  return async (req, res, operation) => {
    try {
      await run(req, res);
    } catch (error) {
      throw describeInvalid(error, operation);
    }
  };
}

/** Lets what has arrived meanwhile go first. */
function turn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

/** Sends a made-up request through the validator. That it is invalid is expected; anything but a verdict is a mistake in the contract. */
async function warm(run: (req: Request, res: Response) => Promise<void>, operation: IndexedOperation, app: Express): Promise<void> {
  const url = operation.path.replaceAll(/\{[^}]+\}/g, '00000000-0000-7000-8000-000000000000');
  const req = {
    ...{
      app,
      method: operation.method.toUpperCase(),
      url,
      originalUrl: url,
      path: url,
      baseUrl: '',
      query: {},
      params: {},
      cookies: undefined,
    },
    headers: operation.bodyTypes[0] ? { 'content-type': operation.bodyTypes[0] } : {},
    body: operation.bodyTypes[0] ? {} : undefined,
  };
  try {
    await run(req as unknown as Request, {} as Response);
  } catch (error) {
    const status = (error as { status?: number }).status ?? 500;
    if (status >= 500) throw new Error(`openapi.yaml cannot be used for ${operation.id}: ${(error as Error).message}`, { cause: error });
  }
}
