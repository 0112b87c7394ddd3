/**
 * A maker of UUIDv7 (RFC 9562 5.7). They sort as they were made, also within one millisecond and when the clock is set back. By
 * `getRandomValues`, because `crypto.randomUUID` is missing on pages that are served over plain http.
 */
export function createUuidMaker(now: () => number): () => string {
  // 1,024 to the millisecond; a finer count would be no exact number after 2039.
  let last = 0;
  return () => {
    last = Math.max(now() * 1024, last + 1);
    const time = hex(Math.floor(last / 1024), 12);
    const [a = 0, b = 0, c = 0, d = 0] = crypto.getRandomValues(new Uint16Array(4));
    return `${time.slice(0, 8)}-${time.slice(8)}-7${hex(last % 1024, 3)}-${hex((d & 0x3fff) | 0x8000, 4)}-${hex(a, 4)}${hex(b, 4)}${hex(c, 4)}`;
  };
}

function hex(value: number, digits: number): string {
  return value.toString(16).padStart(digits, '0');
}
