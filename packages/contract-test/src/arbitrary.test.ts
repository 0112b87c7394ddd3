import { readDocument, type Schema } from '@appstead/contract/document';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createArbitraries } from './arbitrary.ts';
import { createValidators } from './validators.ts';

const seed = 20_261_121;
const document = readDocument();
const validators = createValidators(document);
const arbitraries = createArbitraries(document, validators);

describe('values made from a schema', () => {
  it.each(Object.keys(document.components.schemas))(`are valid by the schema they are made from: %s (seed ${seed})`, (name) => {
    const schema: Schema = { $ref: `#/components/schemas/${name}` };
    for (const value of fc.sample(arbitraries.of(schema), { seed, numRuns: 50 })) expect(validators.open(schema)(value)).toEqual([]);
  });

  it(`reach the branches that a condition guards as often as the others (seed ${seed})`, () => {
    const apps = fc.sample(arbitraries.of({ $ref: '#/components/schemas/AppCreate' }), { seed, numRuns: 300 }) as Record<string, unknown>[];
    for (const platform of ['apple', 'android', 'web', 'backend']) {
      expect(apps.filter((app) => app.platform === platform).length, platform).toBeGreaterThan(15);
    }
    expect(apps.filter((app) => app.webhook_enabled === true).length).toBeGreaterThan(30);
  });

  it.each([
    ['uniqueItems', { type: 'array', items: { type: 'integer', minimum: 0, maximum: 9 }, minItems: 3, uniqueItems: true }],
    ['multipleOf', { type: 'integer', multipleOf: 7, minimum: 1, maximum: 100 }],
    ['exclusive bounds', { type: 'number', exclusiveMinimum: 0, exclusiveMaximum: 1 }],
    ['a pattern with bounds', { type: 'string', pattern: '^[a-z]+(-[a-z]+)*$', minLength: 3, maxLength: 12 }],
    ['code points, not UTF-16 units', { type: 'string', minLength: 5, maxLength: 5 }],
    [
      'anyOf with shared keywords',
      { type: 'object', required: ['kind'], properties: { kind: { enum: ['a', 'b'] } }, anyOf: [{ required: ['kind'] }] },
    ],
  ] as [string, Schema][])('keep to %s', (_, schema) => {
    for (const value of fc.sample(arbitraries.of(schema), { seed, numRuns: 100 })) expect(validators.open(schema)(value)).toEqual([]);
  });

  it('say so when a schema cannot be met', () => {
    const impossible: Schema = { type: 'string', minLength: 5, enum: ['no'] };
    expect(() => fc.sample(arbitraries.of(impossible), { seed, numRuns: 1 })).toThrow('no valid value can be made');
  });
});
