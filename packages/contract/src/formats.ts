type Format = 'http-url' | 'iana-timezone' | 'domain-pattern' | 'person-id' | 'date-or-quarter';

/**
 * The string formats of the contract that JSON Schema does not know, as predicates for any validator (Ajv's `formats` option).
 * They must agree everywhere: the server, the contract tests and a consumer's mocks validate with these same functions.
 */
export const formats: Record<Format, (text: string) => boolean> = {
  'http-url': isHttpUrl,
  'iana-timezone': isTimezone,
  'domain-pattern': isDomainPattern,
  'person-id': isPersonId,
  'date-or-quarter': isDateOrQuarter,
};

/**
 * An absolute http or https URL with a host and without credentials. Stricter than the WHATWG parser, which forgives a missing slash or host,
 * an empty user name, blanks and control characters: what is stored must mean the same to every reader.
 */
function isHttpUrl(text: string): boolean {
  return /^https?:\/\/[^\s\p{Cc}\\/?#@]+([/?#][^\s\p{Cc}\\]*)?$/iu.test(text) && URL.canParse(text);
}

/**
 * A zone of the IANA database. Asked of `Intl.DateTimeFormat`, because `Intl.supportedValuesOf` leaves out UTC and the current name of many
 * zones. Offsets such as `+05:30` are no zones, though newer engines take them, and neither are the names that only ICU knows: its `PST` or
 * `IST` mean something else, or nothing, to a database.
 */
function isTimezone(text: string): boolean {
  if (acceptedZones.has(text)) return true;
  if (!/^[A-Za-z][A-Za-z0-9_+\-/]*$/.test(text) || isIcuName(text.toUpperCase())) return false;
  try {
    new Intl.DateTimeFormat('en', { timeZone: text });
    // A name can be written in many cases, so what is remembered has an end.
    if (acceptedZones.size === acceptedZonesMax) acceptedZones.clear();
    acceptedZones.add(text);
    return true;
  } catch {
    return false;
  }
}

/** Asking the engine takes a tenth of a millisecond, more than all the rest of judging a request. */
const acceptedZones = new Set<string>();
const acceptedZonesMax = 2_000;

const icuZones = 'ACT AET AGT ART AST BET BST CAT CNT CST CTT EAT ECT IET IST JST MIT NET NST PLT PNT PRT PST SST VST'.split(' ');

function isIcuName(upper: string): boolean {
  return icuZones.includes(upper) || upper.startsWith('SYSTEMV/');
}

/** A host name, or `*.` and a host name of at least two labels. International names are allowed; no scheme, port, path or address. */
function isDomainPattern(text: string): boolean {
  const wildcard = text.startsWith('*.');
  const host = wildcard ? text.slice(2) : text;
  if (!/^[^\s:/?#@%[\]\\*]+$/.test(host) || !URL.canParse(`http://${host}/`)) return false;
  const ascii = new URL(`http://${host}/`).hostname;
  if (ascii.length > 253 || /^[\d.]+$/.test(ascii)) return false;
  const labels = ascii.split('.');
  return labels.every((label) => /^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/.test(label)) && (!wildcard || labels.length > 1);
}

/**
 * An id that can be somebody's. What programs write where they know none would put all of their people together: the names of nothing in
 * usual languages, the all-zero UUID of a device that does not allow to be tracked, and blanks.
 */
function isPersonId(text: string): boolean {
  return text.trim() !== '' && !/^\s*(\(?null\)?|nil|none|undefined|nan|0{8}-0{4}-0{4}-0{4}-0{12})\s*$/i.test(text);
}

/**
 * A date, or an instant on a quarter of an hour (RFC 3339), of the years 2024 to 2999: an end of a range of what is counted by quarters. Before 2024
 * some zones did not keep to them. Unlike `Date`, it takes no 30 February for a 2 March.
 */
function isDateOrQuarter(text: string): boolean {
  const [, date, time] = /^(\d{4}-\d\d-\d\d)(T\d\d:\d\d:\d\d(?:\.\d{1,9})?(?:Z|[+-]\d\d:\d\d))?$/i.exec(text) ?? [];
  const at = Date.parse(text.toUpperCase());
  if (date === undefined || Number.isNaN(at) || !isDate(date)) return false;
  const year = new Date(at).getUTCFullYear();
  // What is finer than a millisecond is cut by `Date`.
  return year >= 2024 && year <= 2999 && (time === undefined || (at % 900_000 === 0 && !/\.\d*[1-9]/.test(time)));
}

function isDate(text: string): boolean {
  const at = new Date(text);
  return !Number.isNaN(at.getTime()) && at.toISOString().startsWith(text);
}
