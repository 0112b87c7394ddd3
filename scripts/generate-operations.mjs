/** What of a contract goes by operation: the unions for the compiler and the table for the reviewer. */

const methods = ['get', 'put', 'post', 'patch', 'delete', 'options', 'head', 'trace'];

/** Every operation of a contract, path by path as written, GET first: `{ path, method, operation, item }`, where `item` is what the path shares. */
export function operationsOf(contract) {
  return Object.entries(contract.paths ?? {}).flatMap(([path, item]) =>
    methods.filter((method) => item[method]).map((method) => ({ path, method, operation: item[method], item })),
  );
}

/** TypeScript source of the unions: all operations, and those the contract wants an audit entry for. */
export function operationUnions(contract) {
  const operations = operationsOf(contract);
  const union = (list) => (list.length === 0 ? 'never' : list.map(({ operation }) => `  | '${operation.operationId}'`).join('\n'));
  const audited = operations.filter(({ operation }) => operation['x-audit']);
  return `/** Every operation of the contract. */
export type OperationId =
${union(operations)};

/** The operations that leave an audit entry (\`x-audit\`). */
export type AuditedOperationId =
${union(audited)};
`;
}

function access(operation, contract) {
  const security = operation.security ?? contract.security ?? [];
  if (security.length === 0) return 'public';
  return security
    .flatMap((alternative) => Object.entries(alternative))
    .map(([scheme, needs]) => (needs.length === 0 ? scheme : `${scheme} (${needs.join(', ')})`))
    .join(' · ');
}

/** docs/operations.md: tag → operation, request line, who may call, audit event. */
export function operationsTable(contract) {
  const lines = [
    '# Operations',
    '',
    'Made from `openapi.yaml` by `npm run generate`; a review of a change of the surface is a review of this page.',
    '',
  ];
  for (const tag of contract.tags ?? []) {
    const operations = operationsOf(contract).filter(({ operation }) => operation.tags?.includes(tag.name));
    lines.push(`## ${tag.name}`, '', '| operation | request | who | audit event |', '| --- | --- | --- | --- |');
    for (const { path, method, operation } of operations) {
      lines.push(
        `| ${operation.operationId} | ${method.toUpperCase()} ${path} | ${access(operation, contract)} | ${operation['x-audit'] || '–'} |`,
      );
    }
    lines.push('');
  }
  return lines.join('\n');
}
