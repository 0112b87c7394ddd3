import type { Document } from '@appstead/contract/document';
import { describe, expect, it } from 'vitest';
import { createValidators } from './validators.ts';

const schemas = {
  Named: { type: 'object', required: ['name'], properties: { name: { type: 'string' } } },
  Pet: { allOf: [{ $ref: '#/components/schemas/Named' }, { properties: { owner: { $ref: '#/components/schemas/Named' } } }] },
  Tree: { type: 'object', properties: { value: {}, children: { type: 'array', items: { $ref: '#/components/schemas/Tree' } } } },
  Either: {
    oneOf: [{ $ref: '#/components/schemas/Named' }, { type: 'object', required: ['id'], properties: { id: { type: 'integer' } } }],
  },
  Labels: { type: 'object', additionalProperties: { type: 'string' } },
};
const { closed, open } = createValidators({ components: { schemas } } as unknown as Document);
const faultsOf = (name: keyof typeof schemas, value: unknown) => closed({ $ref: `#/components/schemas/${name}` })(value).length;

describe('a closed schema', () => {
  it('takes what any branch of allOf or oneOf declares', () => {
    expect(faultsOf('Pet', { name: 'Rex', owner: { name: 'Ada' } })).toBe(0);
    expect([faultsOf('Either', { name: 'Rex' }), faultsOf('Either', { id: 1 })]).toEqual([0, 0]);
  });

  it('refuses what no branch declares, at any depth', () => {
    expect(faultsOf('Pet', { name: 'Rex', age: 3 })).toBeGreaterThan(0);
    expect(faultsOf('Pet', { name: 'Rex', owner: { name: 'Ada', age: 36 } })).toBeGreaterThan(0);
    expect(faultsOf('Tree', { children: [{ children: [{ color: 'green' }] }] })).toBeGreaterThan(0);
    expect(faultsOf('Either', { id: 1, name: 1 })).toBeGreaterThan(0);
  });

  it('leaves objects open that name no properties, and values that may be anything', () => {
    expect(faultsOf('Labels', { any: 'label' })).toBe(0);
    expect(faultsOf('Tree', { value: { any: { thing: 1 } } })).toBe(0);
  });

  it('changes nothing of the schema as it stands', () => {
    expect(open({ $ref: '#/components/schemas/Pet' })({ name: 'Rex', age: 3 })).toEqual([]);
  });
});
