import { type FormatName, fastFormats } from 'ajv-formats/dist/formats.js';
import { formats } from './formats.ts';

/** The string formats as the lanes check them: those of express-openapi-validator, and ours in place of what has the same name. */
export const laneFormats = {
  ...(fastFormats as Record<FormatName, (typeof fastFormats)[FormatName]>),
  ...Object.fromEntries(Object.entries(formats).map(([name, validate]) => [name, { type: 'string' as const, validate }])),
};
