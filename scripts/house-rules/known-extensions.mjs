/** Only the extensions that Appstead reads (`known`, redocly.yaml) may stand in the contract: a misspelt one would silently do nothing. */
export const KnownExtensions = ({ known }) => ({
  any(node, ctx) {
    for (const key of Object.keys(Object(node))) {
      if (!key.startsWith('x-') || known.includes(key)) continue;
      ctx.report({
        message: `Nothing reads the extension ${key}; known are ${known.join(', ')}.`,
        location: ctx.location.child(key).key(),
      });
    }
  },
});
