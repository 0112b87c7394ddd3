import { describe, expect, it } from 'vitest';
import { exampleProblems } from './check-examples.mjs';

const Thing = {
  type: 'object',
  required: ['name'],
  properties: {
    name: { type: 'string', maxLength: 5 },
    zone: { type: 'string', format: 'iana-timezone' },
    owner: { $ref: '#/components/schemas/Owner' },
  },
};
const Owner = { type: 'object', properties: { id: { type: 'integer' } } };

/** A contract with one operation that takes and answers a thing. */
function contractWith({ request = { example: { name: 'a' } }, answer = { example: { name: 'a' } }, schemas = {}, ...rest }) {
  const content = (media) => ({ content: { 'application/json': { schema: { $ref: '#/components/schemas/Thing' }, ...media } } });
  return {
    openapi: '3.1.0',
    paths: {
      '/things': {
        post: {
          parameters: rest.parameters ?? [],
          requestBody: content(request),
          responses: { 200: { headers: rest.headers, ...content(answer) } },
        },
      },
    },
    components: { schemas: { Thing, Owner, ...schemas }, examples: rest.examples ?? {} },
  };
}
const problems = (parts) => exampleProblems(contractWith(parts));

describe('examples of the contract', () => {
  it('pass when they fit', () => expect(problems({})).toEqual([]));

  it('fail in a request body, with the place in the contract and in the value', () => {
    expect(problems({ request: { example: { name: 'too long' } } })).toEqual([
      '#/paths/~1things/post/requestBody/content/application~1json/example: /name must NOT have more than 5 characters',
    ]);
  });

  it('fail under every name, also behind a reference', () => {
    const examples = { first: { value: {} }, second: { $ref: '#/components/examples/Second' } };
    const found = problems({ answer: { examples }, examples: { Second: { value: { name: 7 } } } });
    expect(found).toEqual([
      expect.stringContaining("examples/first: the value must have required property 'name'"),
      expect.stringContaining('examples/second: /name must be string'),
    ]);
  });

  it('fail in parameters and headers', () => {
    const parameters = [{ name: 'limit', in: 'query', schema: { type: 'integer' }, example: 'ten' }];
    const headers = { 'Retry-After': { schema: { type: 'integer' }, example: 'soon' } };
    expect(problems({ parameters, headers })).toEqual([
      '#/paths/~1things/post/parameters/0/example: the value must be integer',
      '#/paths/~1things/post/responses/200/headers/Retry-After/example: the value must be integer',
    ]);
  });

  it('fail in schemas, where a property may itself be called example', () => {
    const schemas = { Case: { type: 'object', properties: { example: { type: 'string', examples: ['a', 1] } } } };
    expect(problems({ schemas })).toEqual(['#/components/schemas/Case/properties/example/examples/1: the value must be string']);
  });

  it('are held to the formats that JSON Schema does not know', () => {
    expect(problems({ request: { example: { name: 'a', zone: 'Mars/Olympus' } } })).toEqual([
      expect.stringContaining('/zone must match format "iana-timezone"'),
    ]);
  });

  it('of an answer have no undeclared property, however deep; a request may leave that to its schema', () => {
    const example = { name: 'a', nick: 'b', owner: { id: 1, age: 2 } };
    expect(problems({ answer: { example } })).toEqual([
      expect.stringContaining('/owner must NOT have unevaluated properties (age)'),
      expect.stringContaining('the value must NOT have unevaluated properties (nick)'),
    ]);
    expect(problems({ request: { example } })).toEqual([]);
  });

  it('that nothing refers to are refused, since nothing checks them', () => {
    expect(problems({ examples: { Lost: { value: 1 } } })).toEqual(['#/components/examples/Lost: nothing refers to it']);
  });
});

describe('schemas of the contract', () => {
  it('fail with a format or a keyword that the validator would ignore', () => {
    const schemas = { A: { type: 'string', format: 'link' }, B: { type: 'string', maxlength: 3 } };
    expect(problems({ schemas })).toEqual([
      expect.stringContaining('#/components/schemas/A: unknown format "link"'),
      expect.stringContaining('#/components/schemas/B: strict mode: unknown keyword: "maxlength"'),
    ]);
  });
});
