import { formats } from '@appstead/contract';
import type { Document, Schema } from '@appstead/contract/document';
import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js';
import ajvFormats from 'ajv-formats';
import { closeInside, closeValue } from './closed-schema.ts';

/** What is wrong with a value, one sentence per place; empty when nothing is. */
export type Validate = (value: unknown) => string[];

export type Validators = {
  /** By the schema as it stands. */
  open(schema: Schema): Validate;
  /** By the schema with undeclared properties forbidden everywhere. */
  closed(schema: Schema): Validate;
};

export function createValidators(document: Document): Validators {
  const components = document.components?.schemas ?? {};
  const closedComponents = Object.fromEntries(Object.entries(components).map(([name, schema]) => [name, closeInside(schema, components)]));
  return {
    open: compileOnce(components, (schema) => schema),
    closed: compileOnce(closedComponents, (schema) => closeValue(schema, components)),
  };
}

function compileOnce(components: Record<string, Schema>, prepare: (schema: Schema) => Schema): (schema: Schema) => Validate {
  const ajv = new Ajv2020({ strict: false, allErrors: true, formats });
  ajvFormats.default(ajv);
  ajv.addSchema({ components: { schemas: components } }, 'contract');
  const compiled = new WeakMap<Schema, Validate>();
  return (schema) => {
    const known = compiled.get(schema);
    if (known) return known;
    const validate = ajv.compile(rebase(prepare(schema)) as Schema);
    const check: Validate = (value) => (validate(value) ? [] : sentences(validate));
    compiled.set(schema, check);
    return check;
  };
}

/** References written against the document, against the document as Ajv knows it. */
function rebase(node: unknown): unknown {
  if (Array.isArray(node)) return node.map(rebase);
  if (typeof node !== 'object' || node === null) return node;
  return Object.fromEntries(
    Object.entries(node).map(([key, value]) => [key, key === '$ref' && typeof value === 'string' ? `contract${value}` : rebase(value)]),
  );
}

function sentences(validate: ValidateFunction): string[] {
  return (validate.errors ?? []).map(({ instancePath, message, params }) => {
    const detail = params.unevaluatedProperty ?? params.additionalProperty ?? params.allowedValue ?? params.allowedValues;
    return `${instancePath || 'the body'} ${message}${detail === undefined ? '' : ` (${JSON.stringify(detail)})`}`;
  });
}
