import { formats as contractFormats } from '@appstead/contract';

const uuid = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/** The contract's formats, and UUIDs without the `urn:uuid:` that JSON Schema validators let pass and PostgreSQL does not. */
export const formats: Record<string, (text: string) => boolean> = { ...contractFormats, uuid: (text) => uuid.test(text) };
