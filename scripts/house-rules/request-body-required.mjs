/** A request body says `required: true` or `required: false`. Left out, the validator answers 415 to a request without a body. */
export const RequestBodyRequired = () => ({
  RequestBody(body, ctx) {
    if (typeof body.required === 'boolean') return;
    ctx.report({ message: 'Say `required: true` or `required: false` for this request body.', location: ctx.location });
  },
});
