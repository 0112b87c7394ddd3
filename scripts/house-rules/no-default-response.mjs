/** Responses are named by status. The client takes `default` for an error, and the server could answer anything under it. */
export const NoDefaultResponse = () => ({
  Responses(responses, ctx) {
    if (!('default' in responses)) return;
    ctx.report({ message: 'Name the statuses instead of a default response.', location: ctx.location.child('default').key() });
  },
});
