/** Alternatives are told apart by a `const` property. The validator cannot compile a discriminator with a `mapping`. */
export const NoDiscriminatorMapping = () => ({
  Discriminator(discriminator, ctx) {
    if (!discriminator.mapping) return;
    ctx.report({
      message: 'Tell the alternatives apart by a const property instead of a mapping.',
      location: ctx.location.child('mapping'),
    });
  },
});
