import { hash } from 'node:crypto';

/** A set of texts as a number of them and two sums over their MD5, the same in whatever order they come. */
export class Digest {
  count = 0;
  first = 0;
  second = 0;

  add(text) {
    const hex = hash('md5', text);
    this.count++;
    this.first += Number.parseInt(hex.slice(0, 8), 16);
    this.second += Number.parseInt(hex.slice(8, 16), 16);
  }

  /** @param {Iterable<string>} texts */
  static of(texts) {
    const digest = new Digest();
    for (const text of texts) digest.add(text);
    return digest;
  }

  toString() {
    return `${this.count} (${this.first}, ${this.second})`;
  }
}

/** SQL for the digest of the texts that an expression makes of rows. */
export function digestSql(text, from) {
  const sum = (at) => `coalesce(sum(('x' || substr(texts.hash, ${at}, 8))::bit(32)::bigint), 0)::bigint`;
  return `SELECT count(*) || ' (' || ${sum(1)} || ', ' || ${sum(9)} || ')' AS digest FROM (SELECT md5(${text}) AS hash ${from}) AS texts`;
}
