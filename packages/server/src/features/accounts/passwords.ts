import { hash, verify } from '@node-rs/argon2';

// OWASP's first choice for argon2id; about 25 ms of one core.
const cost = { memoryCost: 19_456, timeCost: 2, parallelism: 1 };

export function hashPassword(password: string): Promise<string> {
  return hash(password, cost);
}

let decoy: Promise<string> | undefined;

/** Whether the password is right. Without a stored hash it takes as long and is wrong, so that an unknown address cannot be told by time. */
export async function checkPassword(stored: string | undefined, password: string): Promise<boolean> {
  decoy ??= hashPassword('the password of nobody');
  const right = await verify(stored ?? (await decoy), password);
  return right && stored !== undefined;
}
