/** Every media type shows an example: the docs print it, the mock answers with it, and the examples check validates it. */
export const ExampleRequired = () => ({
  MediaType(mediaType, ctx) {
    const named = Object.keys(mediaType.examples ?? {}).length > 0;
    if (mediaType.example !== undefined || named) return;
    ctx.report({ message: 'This media type needs an example.', location: ctx.location });
  },
});
