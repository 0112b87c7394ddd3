/** What a person reads when the server has started. Goes to standard output, beside the log, and is never logged: it has secrets. */

const databases = {
  pglite:
    'the embedded database. It survives crashes, not power cuts: for anything you would miss, set DATABASE_URL to a PostgreSQL server',
  postgresql: 'PostgreSQL',
};

export function announce(url: string, database: keyof typeof databases): void {
  console.log(`
Appstead is running on ${databases[database]}.
  Guides      ${url}/
  Try it      ${url}/docs/
  Reference   ${url}/redoc/
`);
}

export function announceFirstStart(first: { organizationKey: string; email: string; password: string }): void {
  console.log(`This is the first start. Keep these; they are not shown again:
  Organization key  ${first.organizationKey}
  Owner             ${first.email}
  Password          ${first.password}
`);
}
