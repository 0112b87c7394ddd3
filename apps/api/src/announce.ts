/** What a person reads when the server has started. Goes to standard output, beside the log, and is never logged: it has secrets. */

export function announce(url: string, database: 'pglite' | 'postgresql'): void {
  const kind =
    database === 'pglite' ? 'the embedded database (survives crashes, not power cuts; set DATABASE_URL for PostgreSQL)' : 'PostgreSQL';
  console.log(`\nAppstead is running on ${kind}.\n  API docs  ${url}/docs/\n  Reference ${url}/redoc/\n  Guides    ${url}/\n`);
}

export function announceFirstStart({
  organizationKey,
  email,
  password,
}: {
  organizationKey: string;
  email: string;
  password: string;
}): void {
  console.log(`This is the first start. Keep these; they are not shown again:
  Organization key  ${organizationKey}
  Owner             ${email}
  Password          ${password}
`);
}
