import { hash, randomBytes } from 'node:crypto';
import { crc32 } from 'node:zlib';

/**
 * Keys look like `apps_<27 base62 digits of 160 random bits><6 base62 digits of a CRC-32>`. The checksum is over everything before it, so a
 * mistyped key is refused without asking the database, and scanners that look for leaked keys make few mistakes.
 */
export type KeyPrefix = 'apps' | 'apikey' | 'ak' | 'as' | 'rt' | 'inv';

const digits = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';
const randomLength = 27;
const checksumLength = 6;
const shape = /^(apps|apikey|ak|as|rt|inv)_[0-9A-Za-z]{33}$/;

/** A new key, to be shown once. */
export function createKey(prefix: KeyPrefix): string {
  const start = `${prefix}_${base62(BigInt(`0x${randomBytes(20).toString('hex')}`), randomLength)}`;
  return start + checksum(start);
}

/** Whether the text is shaped like a key at all, right or wrong. */
export function looksLikeKey(text: string): boolean {
  return /^(apps|apikey|ak|as|rt|inv)_/.test(text);
}

/** Whether the text is a whole, correctly typed key. Says nothing of whether it exists. */
export function isWellFormedKey(text: string): boolean {
  return shape.test(text) && checksum(text.slice(0, -checksumLength)) === text.slice(-checksumLength);
}

/** What is stored of a key: SHA-256 of the whole text, as hex. Fast hashing is right here: 160 random bits cannot be guessed. */
export function hashKey(key: string): string {
  return hash('sha256', key);
}

/** A key as it is shown after its first time: prefix and last four characters. */
export function maskKey(prefix: string, lastFour: string): string {
  return `${prefix}_…${lastFour}`;
}

function checksum(start: string): string {
  return base62(BigInt(crc32(start)), checksumLength);
}

function base62(value: bigint, length: number): string {
  let text = '';
  for (let rest = value; text.length < length; rest /= 62n) text = digits[Number(rest % 62n)] + text;
  return text;
}
