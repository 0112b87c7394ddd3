import findMyWay from 'find-my-way';
import type { IndexedOperation } from './contract-index.ts';

/** Where a request goes: an operation, a path that has other methods, or nowhere. */
export type Route = { operation: IndexedOperation; params: Record<string, string> } | { allowed: string[] } | undefined;

type Methods = Map<string, IndexedOperation>;
type Address = { methods: Methods; written: RegExp };

/** One trie over all paths: the cost of a look-up does not grow with the contract. Paths match exactly, case and trailing slash included. */
export function createRoutes(operations: IndexedOperation[]): (method: string, path: string) => Route {
  const byPath = new Map<string, Methods>();
  for (const operation of operations) {
    const methods: Methods = byPath.get(operation.path) ?? new Map();
    byPath.set(operation.path, methods.set(operation.method.toUpperCase(), operation));
  }
  const trie = findMyWay({ caseSensitive: true, ignoreTrailingSlash: false, maxParamLength: 2048 });
  for (const [path, methods] of byPath) {
    const store: Address = { methods, written: writtenAs(path) };
    trie.on('GET', path.replaceAll(/\{([^}]+)\}/g, ':$1'), () => undefined, store);
  }

  return (method, path) => {
    const found = trie.find('GET', path);
    if (!found) return undefined;
    const { methods, written } = found.store as Address;
    if (!written.test(path)) return undefined;
    const operation = methods.get(method);
    if (operation) return { operation, params: found.params as Record<string, string> };
    const allowed = [...methods.keys(), ...(methods.has('GET') ? ['HEAD'] : []), 'OPTIONS'];
    return { allowed };
  };
}

/**
 * The path as the contract writes it, each parameter something. The trie alone takes more: letters that are percent-encoded, a fragment, an
 * origin before the path, nothing for a parameter. The validator, which matches paths itself, does not.
 */
function writtenAs(path: string): RegExp {
  const parts = path.split(/\{[^}]+\}/).map((text) => text.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&'));
  return new RegExp(`^${parts.join('[^/#]+')}$`);
}
