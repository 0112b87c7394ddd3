import type { Exchange } from './answer.ts';
import type { Plan } from './plan.ts';

/**
 * Runtime expressions of links (OpenAPI 3.1, "Runtime Expressions"): `$response.body#/app/id`, `$request.path.app_id`, and `{$…}` embedded
 * in a text. `undefined` when the exchange has no such value.
 */

export type Context = { plan: Plan; exchange: Exchange };

/** A value of a link with every expression inside of it replaced; other values stand for themselves. */
export function evaluate(value: unknown, context: Context): unknown {
  if (typeof value === 'string') return evaluateText(value, context);
  if (Array.isArray(value)) return value.map((each) => evaluate(each, context));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, each]) => [name, evaluate(each, context)]));
}

function evaluateText(text: string, context: Context): unknown {
  if (text.startsWith('$')) return look(text, context);
  const whole = /^\{(\$[^}]+)\}$/.exec(text);
  if (whole?.[1]) return look(whole[1], context);
  return text.replace(/\{(\$[^}]+)\}/g, (_, expression: string) => String(look(expression, context) ?? ''));
}

function look(expression: string, { plan, exchange }: Context): unknown {
  if (expression === '$statusCode') return exchange.status;
  if (expression === '$method') return exchange.method;
  const [, side, part, name] = /^\$(request|response)\.(body|header|path|query)(?:[.#](.*))?$/.exec(expression) ?? [];
  if (!side || !part) throw new Error(`the link expression ${expression} is not understood`);
  const key = name ?? '';
  if (part === 'body') return pointer(side === 'request' ? plan.body : exchange.body, key);
  if (part === 'header') return (side === 'request' ? plan.headers : exchange.headers)[key.toLowerCase()] ?? plan.headers[key];
  return part === 'path' ? plan.path[key] : plan.query[key];
}

/** JSON Pointer (RFC 6901). */
export function pointer(value: unknown, path: string): unknown {
  const keys = path.split('/').slice(1);
  return keys.reduce<unknown>(
    (at, key) => (at as Record<string, unknown> | undefined)?.[key.replaceAll('~1', '/').replaceAll('~0', '~')],
    value,
  );
}
