/** YAML of a contract with the one part a rule looks at; each takes that part as YAML in flow style. */

export const operation = (method, yaml) => `paths: { /v1/things: { ${method}: ${yaml} } }`;

export const query = (yaml) => operation('get', `{ parameters: [{ in: query, ${yaml} }] }`);

export const requestBody = (schema) => operation('post', `{ requestBody: { content: { application/json: { schema: ${schema} } } } }`);

export const answer = (yaml) =>
  operation('get', `{ responses: { '200': { description: Things, content: { application/json: ${yaml} } } } }`);

export const schemas = (yaml) => `components: { schemas: ${yaml} }`;
