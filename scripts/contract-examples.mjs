/** Finds every example of a contract, with the schema it must fit. */

/** Keys under which names, not keywords, follow: a property may well be called `example`. */
const maps = [
  'paths',
  'webhooks',
  'content',
  'responses',
  'requestBodies',
  'headers',
  'parameters',
  'schemas',
  'properties',
  'patternProperties',
];
const values = ['example', 'examples', 'default', 'enum', 'const', 'links'];

/**
 * @param {object} contract parsed
 * @returns {{ at: string, schemaAt: string, value: unknown, isAnswer: boolean }[]} the JSON pointers of the example and of its schema, and whether the server
 *   sends it: an answer must not have undeclared properties
 */
export function examplesOf(contract) {
  const found = [];
  walk(contract, '#', false);
  return found;

  function walk(node, pointer, isAnswer, isMap = false) {
    if (node === null || typeof node !== 'object') return;
    if (!isMap && pointer !== '#/components')
      found.push(...examplesAt(contract, node, pointer).map((example) => ({ ...example, isAnswer })));
    for (const [key, child] of Object.entries(node)) {
      if (!isMap && (values.includes(key) || key.startsWith('x-'))) continue;
      const isArray = Array.isArray(child);
      walk(child, `${pointer}/${escapeKey(key)}`, isAnswer || (!isMap && key === 'responses'), !isMap && !isArray && maps.includes(key));
    }
  }
}

/** The examples that stand at a node: a media type, parameter or header, which has a `schema`, or a schema. */
function examplesAt(contract, node, pointer) {
  const schemaAt = 'schema' in node ? `${pointer}/schema` : pointer;
  const named = Object.entries(node.examples ?? {}).map(([name, example]) => ({
    at: `${pointer}/examples/${escapeKey(name)}`,
    value: Array.isArray(node.examples) ? example : follow(contract, example).value,
  }));
  const single = 'example' in node ? [{ at: `${pointer}/example`, value: node.example }] : [];
  return [...single, ...named].map((example) => ({ ...example, schemaAt }));
}

/** The names of `components.examples` that nothing refers to: nothing checks them. */
export function unusedExamples(contract) {
  const text = JSON.stringify(contract);
  return Object.keys(contract.components?.examples ?? {}).filter((name) => !text.includes(`"#/components/examples/${name}"`));
}

/** The node at a JSON pointer of the contract. */
export function nodeAt(contract, pointer) {
  return pointer
    .slice(2)
    .split('/')
    .reduce((node, key) => node?.[key.replaceAll('~1', '/').replaceAll('~0', '~')], contract);
}

function follow(contract, node) {
  return node.$ref ? nodeAt(contract, node.$ref) : node;
}

function escapeKey(key) {
  return key.replaceAll('~', '~0').replaceAll('/', '~1');
}
