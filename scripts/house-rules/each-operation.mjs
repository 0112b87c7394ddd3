/**
 * A Redocly visitor that shows every operation under `paths`, and none under `webhooks`: those describe what Appstead sends,
 * so they have no security of ours and no errors of ours.
 *
 * @param {(call: { operation, method: string, parameters: object[] }, ctx) => void} check called once per operation;
 *   `parameters` are those of the path and of the operation, with references followed.
 */
export function eachOperation(check) {
  return {
    Paths: {
      PathItem: {
        Operation(operation, ctx, { PathItem: item }) {
          const parameters = [...(item.parameters ?? []), ...(operation.parameters ?? [])].map((one) => follow(one, ctx));
          check({ operation, method: ctx.key, parameters }, ctx);
        },
      },
    },
  };
}

/** The node a reference leads to; the node itself when it is none. */
export function follow(node, ctx) {
  return node?.$ref ? (ctx.resolve(node).node ?? {}) : node;
}

/** The success statuses of an operation; a redirect counts where nothing else does. */
export function successStatuses(operation) {
  const statuses = Object.keys(operation.responses ?? {});
  const successes = statuses.filter((status) => /^2/.test(status));
  return successes.length > 0 ? successes : statuses.filter((status) => /^30[12378]$/.test(status));
}
