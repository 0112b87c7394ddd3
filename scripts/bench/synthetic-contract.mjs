/** A contract of so many operations, each with path, query and body of its own, over schemas that refer to each other. */
export function syntheticContract(count) {
  const paths = {};
  const schemas = { Problem: { type: 'object', properties: { detail: { type: 'string' } } } };
  for (let n = 0; n < count; n++) {
    const name = `Thing${n}`;
    schemas[name] = {
      type: 'object',
      required: ['name'],
      properties: {
        name: { type: 'string', minLength: 1, maxLength: 100 },
        kind: { type: 'string', enum: ['a', 'b', 'c'] },
        count: { type: 'integer', minimum: 0, maximum: 1_000_000 },
        ...(n > 0 ? { previous: { $ref: `#/components/schemas/Thing${n - 1 - ((n - 1) % 5)}` } } : {}),
      },
    };
    paths[`/v1/things${n}/{thing_id}`] = {
      post: {
        operationId: `changeThing${n}`,
        tags: ['Things'],
        summary: `Change thing ${n}`,
        security: [],
        parameters: [
          { name: 'thing_id', in: 'path', required: true, schema: { type: 'string', format: 'uuid' } },
          { name: 'limit', in: 'query', schema: { type: 'integer', minimum: 1, maximum: 200, default: 50 } },
        ],
        requestBody: { required: true, content: { 'application/json': { schema: { $ref: `#/components/schemas/${name}` } } } },
        responses: {
          200: { description: 'Done.', content: { 'application/json': { schema: { $ref: `#/components/schemas/${name}` } } } },
          400: { description: 'Wrong.', content: { 'application/problem+json': { schema: { $ref: '#/components/schemas/Problem' } } } },
        },
      },
    };
  }
  return {
    openapi: '3.1.0',
    info: { title: 'Synthetic', version: '1.0.0' },
    servers: [{ url: '/' }],
    tags: [{ name: 'Things' }],
    paths,
    components: { schemas, responses: {}, parameters: {}, headers: {}, examples: {}, securitySchemes: {} },
  };
}
