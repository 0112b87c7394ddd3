import { hash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { Document } from '@appstead/contract/document';
import { type PartValidators, partKey } from './lane.ts';
import { laneFormats } from './lane-formats.ts';

type Validators = Record<string, (value: unknown) => boolean>;
type Make = (formats: typeof laneFormats, require: NodeJS.Require) => Validators;

/** What `partsSource` writes. */
export type BuiltParts = { builtFor: string; makeGeneral: Make; makeBody: Make };

/** The validators out of a module that was built. */
export function builtValidators({ makeGeneral, makeBody }: BuiltParts): PartValidators {
  const require = createRequire(import.meta.url);
  const [general, body] = [makeGeneral(laneFormats, require), makeBody(laneFormats, require)];
  return (operation, part) => {
    const key = partKey(operation, part);
    const validate = (part === 'body' ? body : general)[key];
    if (!validate) throw new Error(`the build made no validator ${key}`);
    return validate;
  };
}

/** Tells which document validators were built for. */
export function fingerprint(document: Document): string {
  return hash('sha256', JSON.stringify(document), 'base64url');
}

/** Beside this file in what was built; not beside the source. */
const builtParts = new URL('./built-parts.js', import.meta.url);

/** The validators for a document: those that were built for just this one, and where there are none, compiled now. */
export async function validatorsFor(document: Document): Promise<PartValidators> {
  if (existsSync(builtParts)) {
    const built: BuiltParts = await import(builtParts.href);
    if (built.builtFor === fingerprint(document)) return builtValidators(built);
  }
  const { compileParts } = await import('./lane-compiler.ts');
  return compileParts(document);
}
