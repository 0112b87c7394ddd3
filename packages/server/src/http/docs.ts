import express, { type RequestHandler, Router } from 'express';

/** The built documentation, below `/` and, as source 4 has it, the interactive page also at `/api/v1/docs`. */
export function createDocs(siteDir: string): RequestHandler {
  const router = Router();
  const options = { index: 'index.html', redirect: true, maxAge: '5m' } as const;
  router.use('/api/v1/docs', express.static(`${siteDir}/docs`, options));
  router.use(express.static(siteDir, options));
  return router;
}
