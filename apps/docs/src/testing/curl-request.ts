import { parseArgs } from 'node:util';
import type { Command } from './record-commands.ts';

export type CurlRequest = { method: string; url: URL; headers: Headers; body?: string };

/** The request that a curl command would send; throws on an option that no sample uses. */
export function curlRequest([, ...args]: Command): CurlRequest {
  const { values, positionals } = parseArgs({
    args,
    allowPositionals: true,
    options: {
      request: { type: 'string', short: 'X' },
      header: { type: 'string', short: 'H', multiple: true, default: [] },
      data: { type: 'string', short: 'd' },
      silent: { type: 'boolean', short: 's' },
      'no-buffer': { type: 'boolean', short: 'N' },
      'show-error': { type: 'boolean', short: 'S' },
    },
  });
  if (positionals.length !== 1) throw new Error(`curl gets ${positionals.length} URLs: ${positionals.join(' ')}`);
  const headers = new Headers(values.header.map((line) => line.split(/:\s*(.*)/s).slice(0, 2) as [string, string]));
  const method = values.request ?? (values.data === undefined ? 'GET' : 'POST');
  return { method, url: new URL(positionals[0] ?? ''), headers, body: values.data };
}
