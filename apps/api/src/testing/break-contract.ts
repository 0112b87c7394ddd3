/** Loaded before main.ts by a test: the contract is read as if it had been written for a version of OpenAPI that the validator does not know. */
const { parse } = JSON;

JSON.parse = (text: string, ...rest: [never?]) => {
  const value = parse(text, ...rest);
  if (typeof value?.openapi === 'string') value.openapi = '4.0.0';
  return value;
};

export {};
