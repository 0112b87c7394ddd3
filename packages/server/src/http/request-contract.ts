import type { Document } from '@appstead/contract/document';

/**
 * A copy of the contract with what requests are judged by and nothing else: no answers, no webhooks, which we send, and of the components those that requests refer to.
 * express-openapi-validator walks the whole document twice for each operation, so what it does not need costs at every start, and more with
 * every operation. A reference to what is not there stays, so that the validator says so.
 */
export function requestContract(document: Document): Document {
  const paths = Object.entries(document.paths).map(([path, item]) => [path, mapValues(item, (part) => withoutAnswers(part))]);
  const { securitySchemes } = document.components;
  const components: Record<string, Record<string, unknown>> = { securitySchemes };
  const kept = { ...document, tags: [], webhooks: {}, paths: Object.fromEntries(paths), components };
  for (const queue = [...references(kept.paths)]; queue.length > 0; ) {
    const [kind = '', name = ''] = queue.pop()?.split('/').slice(2) ?? [];
    const found = (document.components as Record<string, Record<string, unknown>>)[kind]?.[name];
    if (found === undefined || components[kind]?.[name] !== undefined) continue;
    components[kind] = { ...components[kind], [name]: found };
    queue.push(...references(found));
  }
  return structuredClone(kept) as unknown as Document;
}

function withoutAnswers<T extends object>(part: T): object {
  if (!('responses' in part)) return part;
  const { responses, ...rest } = part;
  return rest;
}

function mapValues<T extends object>(object: T, change: (value: T[keyof T] & object) => unknown): Record<string, unknown> {
  return Object.fromEntries(Object.entries(object).map(([key, value]) => [key, change(value)]));
}

/** Every `#/components/…` in a part of the document: in `$ref`, and in the mapping of a discriminator. */
function references(node: unknown): string[] {
  if (typeof node === 'string') return node.startsWith('#/components/') ? [node] : [];
  return node !== null && typeof node === 'object' ? Object.values(node).flatMap(references) : [];
}
