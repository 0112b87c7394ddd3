/**
 * A tuple states its length: `prefixItems` comes with `minItems` of as many and `items: false`. Without them the validator's strict mode
 * refuses the schema, and with it every request of the API.
 */
export const TupleClosed = () => ({
  Schema(schema, ctx) {
    if (!schema.prefixItems) return;
    if (schema.items === false && schema.minItems === schema.prefixItems.length) return;
    ctx.report({
      message: `A tuple of ${schema.prefixItems.length} needs minItems: ${schema.prefixItems.length} and items: false.`,
      location: ctx.location,
    });
  },
});
