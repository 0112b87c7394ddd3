/** A component schema of the contract with everything it refers to inside of it, without what only our server understands. */
export function standalone(document, name) {
  const resolve = (node) => {
    if (Array.isArray(node)) return node.map(resolve);
    if (node === null || typeof node !== 'object') return node;
    if (typeof node.$ref === 'string') return resolve(document.components.schemas[node.$ref.split('/').at(-1)]);
    const kept = Object.entries(node).filter(
      ([key, value]) => !key.startsWith('x-') && !(key === 'format' && /http-url|domain-pattern|iana-timezone/.test(String(value))),
    );
    return Object.fromEntries(kept.map(([key, value]) => [key, resolve(value)]));
  };
  return resolve(document.components.schemas[name]);
}
