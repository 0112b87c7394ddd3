/** The contract is OpenAPI 3.1: the validator refuses any other version, on every request. */
export const OpenapiVersion = () => ({
  Root(contract, ctx) {
    if (/^3\.1\.\d+$/.test(contract.openapi)) return;
    ctx.report({ message: 'The contract is OpenAPI 3.1.', location: ctx.location.child('openapi') });
  },
});
