import { describeConfig } from './config.ts';

/** docs/configuration.md as it must be: the test beside this file compares, and rewrites it when asked to update. */
export function configurationPage(): string {
  const rows = describeConfig().map(({ name, description, defaultValue }) => {
    return `| \`${name}\` | ${description} | ${defaultValue === undefined ? '–' : `\`${defaultValue}\``} |`;
  });
  return `# Configuration

The server reads these environment variables and nothing else; an empty one counts as absent. A value that cannot be used stops the start,
and the message lists every mistake at once. \`node apps/api/dist/main.js --help\` prints the same list.

| Variable | Meaning | Default |
| --- | --- | --- |
${rows.join('\n')}

Made from \`apps/api/src/config.ts\` by \`npx vitest run --project api configuration -u\`; the same test fails while this page differs from the code.

The server ends with 0 after a graceful stop, with 1 when it could not start, stop in time or go on, and with 78 when the configuration has mistakes.
`;
}
