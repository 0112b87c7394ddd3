import { formats } from '@appstead/contract';
import { type Response as DeclaredResponse, type Document, type Method, readDocument } from '@appstead/contract/document';
import { Ajv2020 } from 'ajv/dist/2020.js';
import ajvFormats from 'ajv-formats';

const contract = readDocument();
// The contract is not a JSON Schema itself, and its schemas carry keywords of OpenAPI: strict mode would refuse both.
const ajv = new Ajv2020({ strict: false, allErrors: true, formats });
ajvFormats.default(ajv);
ajv.addSchema(contract, 'contract');

/**
 * What is wrong with an answer by the contract: undeclared status or media type, or a body its schema refuses. Empty when it is right.
 * `path` is that of the request, without the base URL.
 */
export async function checkAnswer(method: string, path: string, response: Response): Promise<string[]> {
  const template = findTemplate(contract, path);
  const operation = template && contract.paths[template]?.[method.toLowerCase() as Method];
  const call = `${method} ${path} ${response.status}`;
  if (!operation) return [`${call}: no such operation`];
  const declared = operation.responses[response.status];
  if (!declared) return [`${call}: undeclared status`];
  const { pointer, content = {} } = follow(declared, ['paths', template, method.toLowerCase(), 'responses', `${response.status}`]);
  const mediaType = (response.headers.get('Content-Type') ?? '').split(';')[0] ?? '';
  if (!content[mediaType]) return [`${call}: undeclared media type "${mediaType}"`];
  const validate = ajv.getSchema(`contract#${toPointer([...pointer, 'content', mediaType, 'schema'])}`);
  if (!validate) return [`${call}: the contract has no schema for it`];
  if (validate(mediaType.includes('json') ? await response.json() : await response.text())) return [];
  return (validate.errors ?? []).map(({ instancePath, message }) => `${call}: body${instancePath} ${message}`);
}

/** The path template that a path fits; one without parameters goes before one with. */
function findTemplate({ paths }: Document, path: string): string | undefined {
  const fits = (template: string) => new RegExp(`^${template.replace(/\{[^}]+\}/g, '[^/]+')}$`).test(path);
  return Object.hasOwn(paths, path) ? path : Object.keys(paths).find(fits);
}

/** A response and where it stands, after the one reference it may be. */
function follow(declared: DeclaredResponse | { $ref: string }, pointer: string[]) {
  if (!('$ref' in declared)) return { pointer, content: declared.content };
  const name = declared.$ref.replace('#/components/responses/', '');
  return { pointer: ['components', 'responses', name], content: contract.components.responses[name]?.content };
}

/** A JSON Pointer (RFC 6901) as the fragment of a URI. */
function toPointer(segments: string[]): string {
  return segments.map((segment) => `/${encodeURIComponent(segment.replace(/~/g, '~0').replace(/\//g, '~1'))}`).join('');
}
