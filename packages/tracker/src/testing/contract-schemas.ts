import { formats } from '@appstead/contract';
import { readDocument } from '@appstead/contract/document';
import { Ajv2020 } from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';

const ajv = new Ajv2020({ strict: false, allErrors: true, formats });
addFormats.default(ajv);
ajv.addSchema(readDocument(), 'contract');

/** What is wrong with a value by a schema of the contract; empty when nothing is. */
export function faultsOf(value: unknown, schema: string): string {
  const validate = ajv.compile({ $ref: `contract#/components/schemas/${schema}` });
  return validate(value) ? '' : ajv.errorsText(validate.errors);
}
