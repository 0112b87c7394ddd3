import { httpProblems } from './http-problems.ts';

const depthMax = 64;
const decoder = new TextDecoder('utf-8', { fatal: true });

/**
 * Parses a JSON body, refusing what would pass a parser and hurt later: bytes that are not UTF-8, nesting that overflows the stack of a
 * recursive validator, NUL and unpaired surrogates, which PostgreSQL cannot store.
 */
export function parseJson(bytes: Buffer, valuesMax = Number.POSITIVE_INFINITY): unknown {
  scan(bytes, valuesMax);
  let text: string;
  try {
    text = decoder.decode(bytes);
  } catch (cause) {
    throw httpProblems.malformed_body('The body is not UTF-8', { cause });
  }
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    throw httpProblems.malformed_body('The body is not JSON', { cause });
  }
  // Only an escape can bring in what UTF-8 and JSON forbid in the open, so most bodies are done here.
  if (text.includes('\\u')) checkCharacters(value, 'body');
  return value;
}

/** One linear pass over the bytes, before anything recursive sees them. */
function scan(bytes: Buffer, valuesMax: number): void {
  let depth = 0;
  let commas = 0;
  let inString = false;
  for (let at = 0; at < bytes.length; at++) {
    const byte = bytes[at];
    if (inString) {
      if (byte === 0x5c) at++;
      else if (byte === 0x22) inString = false;
    } else if (byte === 0x22) inString = true;
    else if (byte === 0x7b || byte === 0x5b) {
      if (++depth > depthMax) throw httpProblems.too_deeply_nested(`The body may be nested at most ${depthMax} deep`);
    } else if (byte === 0x7d || byte === 0x5d) depth--;
    else if (byte === 0x2c && ++commas > valuesMax) throw httpProblems.malformed_body(`The body may have at most ${valuesMax} values`);
  }
}

function checkCharacters(value: unknown, location: string): void {
  if (typeof value === 'string') {
    if (!value.includes('\0') && value.isWellFormed()) return;
    throw httpProblems.invalid_characters('The body has a NUL or half of a surrogate pair, which cannot be stored', {
      errors: [{ location, message: 'must not have NUL or unpaired surrogates', rule: 'characters' }],
    });
  }
  if (value === null || typeof value !== 'object') return;
  for (const [key, item] of Object.entries(value)) {
    if (!Array.isArray(value)) checkCharacters(key, location);
    checkCharacters(item, `${location}.${key}`);
  }
}
