import type { Document } from '@appstead/contract/document';
import { isObject } from './answer.ts';
import { pointer } from './expression.ts';
import { type Credential, type PrincipalClass, type Principals, principalClasses, type Target } from './target.ts';

/** A deployment, reached over the network with the credentials of one organization. */

export type DeploymentOptions = {
  url: string;
  /** An organization key (`apps_…`). */
  key: string;
  /** To also call what needs a person. */
  email?: string;
  password?: string;
  metricsToken?: string;
  contract: Document;
};

/** Reads at most so many pages of the audit trail for one request. */
const auditPagesMax = 3;

/** Throws when the person cannot be signed in. */
export function deploymentTarget(options: DeploymentOptions): Target {
  const baseUrl = options.url.replace(/\/+$/, '');
  const credentials = collectCredentials(baseUrl, options);
  const auditPath = pathOf(options.contract, 'listAuditEvents');
  return {
    baseUrl,
    principals: () => credentials,
    ...(auditPath
      ? {
          async auditEntries(requestId: string, operationId: string) {
            // Who signs up or in is mostly of another organization, whose trail this key cannot read.
            if (isPublic(options.contract, operationId)) return undefined;
            return readAudit(`${baseUrl}${auditPath}`, options.key, requestId);
          },
        }
      : {}),
  };
}

async function collectCredentials(baseUrl: string, options: DeploymentOptions): Promise<Principals> {
  const principals: Principals = {
    organizationKey: { headers: { 'x-api-key': options.key } },
    unknown: { headers: { 'x-api-key': scrambled(options.key) } },
  };
  if (options.metricsToken) principals.metricsToken = bearer(options.metricsToken);
  if (options.email && options.password) {
    const { role, token } = await signIn(baseUrl, options);
    const principal = `${role}Session` as PrincipalClass;
    if (principalClasses.includes(principal)) principals[principal] = bearer(token);
  }
  return principals;
}

async function signIn(baseUrl: string, { contract, email, password }: DeploymentOptions): Promise<{ role: string; token: string }> {
  const path = pathOf(contract, 'signIn');
  if (!path) throw new Error('the contract has no operation signIn');
  const response = await fetch(`${baseUrl}${path}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ email, password }),
  });
  const body: unknown = await response.json();
  const token = pointer(body, '/session/access_token');
  if (!response.ok || typeof token !== 'string')
    throw new Error(`${email} cannot be signed in: ${pointer(body, '/detail') ?? response.status}`);
  return { role: String(pointer(body, '/user/role')), token };
}

async function readAudit(url: string, key: string, requestId: string): Promise<{ action: string }[]> {
  let cursor: string | undefined;
  const found: { action: string }[] = [];
  for (let page = 0; page < auditPagesMax; page += 1) {
    const query = new URLSearchParams({ limit: '50', ...(cursor ? { cursor } : {}) });
    const response = await fetch(`${url}?${query}`, { headers: { 'x-api-key': key } });
    const body: unknown = await response.json();
    const events = pointer(body, '/audit_events');
    if (!Array.isArray(events)) throw new Error(`the audit trail cannot be read: ${response.status}`);
    for (const event of events.filter(isObject)) {
      if (event.request_id === requestId) found.push({ action: String(event.action) });
    }
    const next = pointer(body, '/meta/cursor');
    if (found.length > 0 || typeof next !== 'string') break;
    cursor = next;
  }
  return found;
}

/** A key that looks like the given one and does not exist. */
function scrambled(key: string): string {
  const [prefix = '', ...rest] = key.split('_');
  return `${prefix}_${[...rest.join('_')].reverse().join('')}`;
}

function bearer(token: string): Credential {
  return { headers: { authorization: `Bearer ${token}` } };
}

function pathOf(contract: Document, operationId: string): string | undefined {
  return Object.entries(contract.paths).find(([, item]) =>
    operationsOf(item).some((operation) => operation.operationId === operationId),
  )?.[0];
}

function isPublic(contract: Document, operationId: string): boolean {
  const operation = Object.values(contract.paths)
    .flatMap(operationsOf)
    .find((each) => each.operationId === operationId);
  return (operation?.security ?? contract.security ?? []).length === 0;
}

function operationsOf(item: Document['paths'][string]): { operationId: string; security?: unknown[] }[] {
  return Object.values(item).filter((each) => isObject(each) && 'operationId' in each) as { operationId: string; security?: unknown[] }[];
}
