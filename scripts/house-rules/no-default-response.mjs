/**
 * Responses are named by status. The client takes `default` for an error, and the server could answer anything under it. What receivers of
 * webhooks answer is theirs to name.
 */
export const NoDefaultResponse = () => ({
  Paths: {
    Responses(responses, ctx) {
      if (!('default' in responses)) return;
      ctx.report({ message: 'Name the statuses instead of a default response.', location: ctx.location.child('default').key() });
    },
  },
});
