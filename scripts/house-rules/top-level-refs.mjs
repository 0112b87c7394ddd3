const topLevel = /^#\/components\/[A-Za-z]+\/[A-Za-z0-9._-]+$/;

/**
 * References lead to top-level components of this file. The contract is parsed, not bundled, so a reference out of the file leads nowhere;
 * and the validator cannot follow one below a component (`#/components/schemas/App/properties/id`): the whole API would answer 500.
 */
export const TopLevelRefs = () => ({
  ref(node, ctx) {
    if (topLevel.test(node.$ref)) return;
    ctx.report({
      message: `"${node.$ref}" must be a reference to a component: #/components/<kind>/<name>.`,
      location: ctx.location.child('$ref'),
    });
  },
});
