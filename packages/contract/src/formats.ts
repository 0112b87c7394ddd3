/**
 * The string formats of the contract that JSON Schema does not know, as predicates for any validator (Ajv's `formats` option).
 * They must agree everywhere: the server, the contract tests and a consumer's mocks validate with these same functions.
 */
export const formats: Record<'http-url' | 'iana-timezone' | 'domain-pattern', (text: string) => boolean> = {
  'http-url': isHttpUrl,
  'iana-timezone': isTimezone,
  'domain-pattern': isDomainPattern,
};

/** An absolute http or https URL with a host and without credentials. */
function isHttpUrl(text: string): boolean {
  if (!/^https?:\/\/[^\s\\]+$/i.test(text) || !URL.canParse(text)) return false;
  const url = new URL(text);
  return url.hostname !== '' && url.username === '' && url.password === '';
}

/**
 * A zone of the IANA database. Asked of `Intl.DateTimeFormat`, because `Intl.supportedValuesOf` leaves out UTC and the current name of many
 * zones. Offsets such as `+05:30` are no zones, though newer engines take them.
 */
function isTimezone(text: string): boolean {
  if (!/^[A-Za-z][A-Za-z0-9_+\-/]*$/.test(text)) return false;
  try {
    new Intl.DateTimeFormat('en', { timeZone: text });
    return true;
  } catch {
    return false;
  }
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
