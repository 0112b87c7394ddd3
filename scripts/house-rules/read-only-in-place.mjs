const marks = ['readOnly', 'writeOnly'];

/**
 * `readOnly` and `writeOnly` stand at a plain property. On a component that a property refers to, beside a `$ref`, or in `properties` next to
 * allOf, oneOf or anyOf the validator does not see them, and then wants a read-only property in requests.
 */
export const ReadOnlyInPlace = () => ({
  NamedSchemas: {
    Schema(schema, ctx) {
      for (const mark of marks.filter((one) => one in schema)) {
        ctx.report({ message: `Put ${mark} at the property, not at the component.`, location: ctx.location.child(mark) });
      }
    },
  },
  Schema(schema, ctx) {
    const combined = Boolean(schema.allOf ?? schema.oneOf ?? schema.anyOf);
    for (const [name, property] of Object.entries(schema.properties ?? {})) {
      for (const mark of marks.filter((one) => one in Object(property) && (combined || property.$ref))) {
        const beside = property.$ref ? 'a $ref' : 'allOf, oneOf or anyOf';
        ctx.report({
          message: `The validator does not see ${mark} beside ${beside}.`,
          location: ctx.location.child(['properties', name, mark]),
        });
      }
    }
  },
});
