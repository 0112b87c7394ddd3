/**
 * Every example of the contract fits its schema, by the strict validator and the formats that the server uses, and every schema compiles.
 * Examples of answers have no property that the contract does not declare. Run under tsx, for the sources it borrows.
 */
import { readFile } from 'node:fs/promises';
import { Ajv2020 } from 'ajv/dist/2020.js';
import ajvFormats from 'ajv-formats';
import { formats } from '../packages/contract/src/formats.ts';
import { closeInside, closeValue } from '../packages/contract-test/src/closed-schema.ts';
import { examplesOf, nodeAt, unusedExamples } from './contract-examples.mjs';
import { parseContract } from './generate.mjs';
import { isMain } from './is-main.mjs';
import { reportProblems } from './report-problems.mjs';

/** Keywords of OpenAPI and of this contract that say nothing about validity. */
const annotations = ['example', 'externalDocs', 'xml', 'x-immutable', 'x-message', 'x-names-from'];

/** @returns {string[]} what is wrong with the examples and the schemas of a contract, `pointer: reason` each */
export function exampleProblems(contract) {
  const schemas = contract.components?.schemas ?? {};
  const open = validatorOf(contract, { strict: true });
  const closed = validatorOf(
    { ...contract, components: { ...contract.components, schemas: closedComponents(schemas) } },
    { strict: false },
  );
  const problems = Object.keys(schemas).flatMap((name) =>
    attempt(`#/components/schemas/${name}`, () => open(`#/components/schemas/${name}`)),
  );
  for (const { at, schemaAt, value, isAnswer } of examplesOf(contract)) {
    const isClosed = isAnswer && 'unevaluatedProperties' in closeValue(nodeAt(contract, schemaAt), schemas);
    problems.push(...attempt(at, () => (isAnswer ? closed(schemaAt, isClosed) : open(schemaAt))(value)));
  }
  const unused = unusedExamples(contract).map((name) => `#/components/examples/${name}: nothing refers to it`);
  return [...problems, ...unused];
}

/** Compiles the schema at a pointer of a contract into a function from a value to what is wrong with it; strict refuses unknown keywords and formats.
 * Types are not demanded: a condition (`if`) states none, the schema around it does. */
function validatorOf(contract, { strict }) {
  const ajv = new Ajv2020({ strict, strictTypes: false, allErrors: true, formats });
  ajvFormats.default(ajv);
  ajv.addVocabulary([...annotations, ...Object.keys(contract)]); // Ajv takes the whole document for a schema
  ajv.addSchema(contract, 'contract', undefined, false);
  return (pointer, isClosed = false) => {
    const validate = ajv.compile({ $ref: `contract${encodeURI(pointer)}`, ...(isClosed && { unevaluatedProperties: false }) });
    return (value) => (validate(value) ? [] : validate.errors.map(sentence));
  };
}

function closedComponents(schemas) {
  return Object.fromEntries(Object.entries(schemas).map(([name, schema]) => [name, closeInside(schema, schemas)]));
}

function attempt(at, check) {
  try {
    const reasons = check();
    return Array.isArray(reasons) ? reasons.map((reason) => `${at}: ${reason}`) : [];
  } catch (error) {
    return [`${at}: ${error.message}`];
  }
}

function sentence({ instancePath, message, params }) {
  const detail = params.unevaluatedProperty ?? params.additionalProperty;
  return `${instancePath || 'the value'} ${message}${detail === undefined ? '' : ` (${detail})`}`;
}

if (isMain(import.meta.url)) {
  const contract = parseContract(await readFile(new URL('../openapi.yaml', import.meta.url), 'utf8'));
  reportProblems(exampleProblems(contract), `${examplesOf(contract).length} examples`);
}
