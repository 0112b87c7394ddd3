import { eachRequestParameter } from './each-request-parameter.mjs';

const tame = ['uuid', 'date'];

/**
 * A query parameter with free text or instants says `allowReserved: true`: without it the validator answers 400 to every value that has an
 * unescaped reserved character, such as `since=2026-11-21T00:00:00Z`, `sort=-name,id` or `search=ada@example.com`.
 */
export const AllowReserved = () =>
  eachRequestParameter('query', (parameter, schema, ctx) => {
    if (parameter.allowReserved === true || !isFreeText(schema)) return;
    ctx.report({
      message: `The query parameter "${parameter.name}" takes free text and needs allowReserved: true.`,
      location: ctx.location,
    });
  });

function isFreeText(schema) {
  const text = schema.type === 'array' ? (schema.items ?? {}) : schema;
  if (![text.type].flat().includes('string')) return false;
  return !(text.enum || text.const || text.pattern || tame.includes(text.format));
}
