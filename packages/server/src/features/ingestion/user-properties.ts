import { invalidAt } from '../../http/http-problems.ts';

export type Properties = Record<string, string | number | boolean>;

const propertiesMax = 50;

/** The properties of a person after a change: an empty text or null removes one. 400 when they would be too many. */
export function mergeProperties(present: Properties, change: Record<string, string | number | boolean | null>): Properties {
  // A map, because `__proto__` is a key like any other.
  const merged = new Map(Object.entries(present));
  for (const [key, value] of Object.entries(change)) {
    if (value === null || value === '') merged.delete(key);
    else merged.set(key, value);
  }
  if (merged.size > propertiesMax) {
    throw invalidAt(
      'body.properties',
      `a person may have at most ${propertiesMax} properties, and would have ${merged.size}`,
      'maxProperties',
    );
  }
  return Object.fromEntries(merged);
}
