/** The schema of a media type is a reference to a named component, so that it has a name in the types, the client and the docs. */
export const NamedSchemas = () => ({
  MediaType(mediaType, ctx) {
    if (mediaType.schema?.$ref) return;
    ctx.report({ message: 'Name this schema: put it under components.schemas and refer to it.', location: ctx.location.child('schema') });
  },
});
