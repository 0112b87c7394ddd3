/** What every answer of ours carries, so that those of the reference servers carry it, too. */
export const standingHeaders = {
  'Content-Security-Policy': "default-src 'none';frame-ancestors 'none'",
  'X-Content-Type-Options': 'nosniff',
  'Cache-Control': 'no-store',
};
