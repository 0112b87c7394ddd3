/**
 * A component is never null itself; the place that uses it says whether null may stand there. A nullable component makes every list and
 * every property that refers to it nullable, and asks for a twin that is not.
 */
export const NullableAtUse = () => ({
  NamedSchemas: {
    Schema(schema, ctx) {
      if (!isNullable(schema)) return;
      ctx.report({ message: 'Say at the place of use that null is possible, not at the component.', location: ctx.location });
    },
  },
});

function isNullable(schema) {
  const alternatives = [...(schema.oneOf ?? []), ...(schema.anyOf ?? [])];
  return (
    [schema.type].flat().includes('null') || schema.const === null || (schema.enum ?? []).includes(null) || alternatives.some(isNullable)
  );
}
