import type { Document, Schema } from '@appstead/contract/document';
import { _, type CodeOptions } from 'ajv';
import { Ajv2020 } from 'ajv/dist/2020.js';
import standaloneCode from 'ajv/dist/standalone/index.js';
import { fingerprint } from './built-lanes.ts';
import type { IndexedOperation } from './contract-index.ts';
import { createLanes, type PartValidators, partKey } from './lane.ts';
import { laneFormats } from './lane-formats.ts';

const root = 'contract:';

/** Compiles the parts of requests in this process, with one Ajv for bodies and one for the rest, each of which holds the components once. */
export function compileParts(document: Document): PartValidators {
  const { general, body } = compilers(document);
  return (_operation, part, schema) => (part === 'body' ? body : general).compile(absolute(schema));
}

/**
 * The same as the text of a module, for the build: a start then loads neither Ajv nor compiles anything. The two functions make the
 * validators; they are given the formats, and `require` for what Ajv has at run time.
 */
export function partsSource(document: Document, operations: IndexedOperation[]): string {
  const { general, body } = compilers(document, { source: true, formats: _`formats` });
  const keys = new Map<Ajv2020, Record<string, string>>([
    [general, {}],
    [body, {}],
  ]);
  createLanes(operations, (operation, part, schema) => {
    const ajv = part === 'body' ? body : general;
    const key = partKey(operation, part);
    ajv.addSchema(absolute(schema), key);
    Object.assign(keys.get(ajv) as object, { [key]: key });
    return () => true;
  });
  const maker = (name: string, ajv: Ajv2020) =>
    `export function ${name}(formats, require) {\nconst exports = {};\n${standaloneCode.default(ajv, keys.get(ajv))}\nreturn exports;\n}\n`;
  return `export const builtFor = '${fingerprint(document)}';\n${maker('makeGeneral', general)}${maker('makeBody', body)}`;
}

function compilers(document: Document, code?: CodeOptions): { general: Ajv2020; body: Ajv2020 } {
  const options = {
    strict: false,
    strictNumbers: true,
    strictTuples: true,
    validateSchema: false,
    useDefaults: true,
    formats: laneFormats,
  };
  const [general, body] = [true, false].map((coerceTypes) =>
    new Ajv2020({ ...options, coerceTypes, ...(code ? { code } : {}) }).addSchema({ components: document.components }, root),
  ) as [Ajv2020, Ajv2020];
  return { general, body };
}

/** The same schema with its references pointing into the one document that Ajv holds. */
function absolute(schema: Schema): Schema {
  return JSON.parse(JSON.stringify(schema), (key, value) => (key === '$ref' && typeof value === 'string' ? `${root}${value}` : value));
}
