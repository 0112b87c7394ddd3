/**
 * The policy the site is made for and checked under. Swagger UI and Redoc set style attributes and make style elements, and
 * Swagger UI's style sheet holds `data:` images; nothing else is loosened, and nothing may come from another origin.
 */
export const contentSecurityPolicy = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self' 'unsafe-inline'",
  "img-src 'self' data:",
  "font-src 'self'",
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'self'",
  "frame-ancestors 'none'",
].join('; ');
