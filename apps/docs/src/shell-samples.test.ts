import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { type Method, type Operation, type Parameter, readDocument } from '@appstead/contract/document';
import { describe, expect, it } from 'vitest';
import { readGuides } from './guides.ts';
import { codeBlocks } from './markdown.ts';
import { faultsOf } from './testing/contract-schemas.ts';
import { type CurlRequest, curlRequest } from './testing/curl-request.ts';
import { recordCommands } from './testing/record-commands.ts';

const contract = readDocument();
const { scripts } = JSON.parse(readFileSync(fileURLToPath(new URL('../../../package.json', import.meta.url)), 'utf8'));
const variables = { APPSTEAD_KEY: 'apps_key', APP_KEY: 'ak_key', ACCESS_TOKEN: 'token', METRICS_TOKEN: 'token' };

const samples = (await readGuides()).flatMap(({ name, markdown }) =>
  codeBlocks(markdown, 'sh').flatMap((sample) =>
    recordCommands(sample, variables).map((command) => ({ name, command, line: command.join(' ') })),
  ),
);

type Found = { path: string; method: Method; operation: Operation; parameters: Parameter[] };

function findOperation({ method, url }: CurlRequest): Found {
  for (const [path, item] of Object.entries(contract.paths)) {
    const lower = method.toLowerCase() as Method;
    const operation = item[lower];
    if (!operation || !new RegExp(`^${path.replace(/\{[^}]+\}/g, '[0-9a-f-]{36}')}$`).test(url.pathname)) continue;
    const parameters = [...(item.parameters ?? []), ...(operation.parameters ?? [])].map((parameter) =>
      '$ref' in parameter ? (contract.components.parameters[parameter.$ref.split('/').at(-1) ?? ''] as Parameter) : parameter,
    );
    return { path, method: lower, operation, parameters };
  }
  throw new Error(`the contract has no ${method} ${url.pathname}`);
}

describe('the shell samples of the guides', () => {
  it('are there', () => {
    expect(samples.length).toBeGreaterThan(10);
  });

  describe.each(samples.filter(({ command }) => command[0] === 'curl'))('$name: $line', ({ command }) => {
    const request = curlRequest(command);
    const { path, method, operation, parameters } = findOperation(request);

    it('sends a body that the contract takes', () => {
      if (!operation.requestBody) return expect(request.body).toBeUndefined();
      expect(request.headers.get('Content-Type')).toBe('application/json');
      const pointer = `/paths/${path.replaceAll('~', '~0').replaceAll('/', '~1')}/${method}/requestBody/content/application~1json/schema`;
      expect(faultsOf(JSON.parse(request.body ?? ''), pointer)).toBe('');
    });

    it('sends query parameters and headers that the contract knows', () => {
      const declared = (place: string) => parameters.filter((parameter) => parameter.in === place).map(({ name }) => name.toLowerCase());
      expect([...request.url.searchParams.keys()].filter((name) => !declared('query').includes(name))).toEqual([]);
      const known = ['content-type', 'authorization', 'x-api-key', 'x-request-id', ...declared('header')];
      expect([...request.headers.keys()].filter((name) => !known.includes(name))).toEqual([]);
    });

    it('carries a credential if, and only if, the operation asks for one', () => {
      const security = operation.security ?? contract.security ?? [];
      expect(request.headers.has('X-API-Key') || request.headers.has('Authorization')).toBe(security.length > 0);
    });
  });

  it.each(samples.filter(({ command }) => command[0] === 'npm'))(
    '$name: $line is a script of this repository, or a command of npm',
    ({ command }) => {
      const [, name = '', script] = command;
      if (name === 'run') return expect(Object.keys(scripts)).toContain(script);
      if (['start', 'test'].includes(name)) return expect(Object.keys(scripts)).toContain(name);
      expect(['ci', 'install', 'pack']).toContain(name);
    },
  );
});
