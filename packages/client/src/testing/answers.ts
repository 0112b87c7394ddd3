import type { App } from '@appstead/contract';
import { readDocument } from '@appstead/contract/document';

/** Success bodies, taken from the examples of the contract so that they cannot fall behind it. */
const { examples } = readDocument().components;

export const appCreated = examples.AppCreated?.value as { success: true; app: App };
export const appShown = examples.App?.value as { success: true; app: App };

/** A page of apps with these names. */
export function pageOf(names: string[], cursor: string | null = null) {
  return { success: true, apps: names.map((name) => ({ ...appShown.app, name })), meta: { has_more: cursor !== null, cursor } };
}
