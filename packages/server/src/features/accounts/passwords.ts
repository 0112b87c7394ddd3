/** Loads the native code, which no start has to wait for. Called after it, so that the first sign-in has not either. */
export function loadPasswordHashing(): Promise<typeof import('@node-rs/argon2')> {
  return import('@node-rs/argon2');
}

// OWASP's first choice for argon2id; about 25 ms of one core.
const cost = { memoryCost: 19_456, timeCost: 2, parallelism: 1 };

export async function hashPassword(password: string): Promise<string> {
  const { hash } = await loadPasswordHashing();
  return hash(password, cost);
}

let decoy: Promise<string> | undefined;

/** Whether the password is right. Without a stored hash it takes as long and is wrong, so that an unknown address cannot be told by time. */
export async function checkPassword(stored: string | undefined, password: string): Promise<boolean> {
  const { verify } = await loadPasswordHashing();
  decoy ??= hashPassword('the password of nobody');
  const right = await verify(stored ?? (await decoy), password);
  return right && stored !== undefined;
}
