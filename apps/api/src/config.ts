import { readFileSync } from 'node:fs';
import { z } from 'zod';

const flag = z.enum(['true', 'false']).transform((text) => text === 'true');
const port = z.coerce.number().int().min(0).max(65_535);
const key32 = z
  .string()
  .refine((text) => Buffer.from(text, 'base64').length === 32, 'must be 32 bytes in base64; make one with: openssl rand -base64 32')
  .transform((text) => Buffer.from(text, 'base64'));

/** Every variable the server reads, explained where it is declared. Nothing else reads the environment. */
const environment = z.object({
  PORT: port.default(3000).describe('The port to listen on; 0 takes a free one.'),
  HOST: z.string().default('0.0.0.0').describe('The address to listen on.'),
  PUBLIC_URL: z
    .url({ protocol: /^https?$/ })
    .transform((url) => url.replace(/\/+$/, ''))
    .optional()
    .describe('Where callers reach the server, as problem types and tokens name it. Default: http://localhost:PORT.'),
  DATABASE_URL: z
    .string()
    .regex(/^postgres(ql)?:\/\//, 'must begin with postgresql://')
    .optional()
    .describe('A PostgreSQL server (15 or newer). Without it, the embedded database in DATA_DIR.'),
  DATABASE_POOL_SIZE: z.coerce.number().int().min(1).max(200).default(10).describe('How many connections to PostgreSQL one process holds.'),
  DATA_DIR: z.string().min(1).default('.data').describe('The folder of the embedded database, and of the encryption key made for it.'),
  ENCRYPTION_KEY: key32
    .optional()
    .describe('32 bytes in base64 that encrypt stored secrets. Required with DATABASE_URL; else made in DATA_DIR at first start.'),
  OWNER_EMAIL: z.email().default('owner@example.com').describe('The e-mail address of the owner made at first start.'),
  SIGNUP_ENABLED: flag.default(true).describe('Whether strangers may sign up and make organizations.'),
  METRICS_TOKEN: z
    .string()
    .min(16)
    .optional()
    .describe('Opens /metrics to who sends it as a Bearer token. Without it /metrics stays closed.'),
  TRUSTED_PROXIES: z.coerce
    .number()
    .int()
    .min(0)
    .max(10)
    .default(0)
    .describe('How many proxies in front are trusted to name the caller (X-Forwarded-For).'),
  LOG_LEVEL: z.enum(['fatal', 'error', 'warn', 'info', 'debug', 'silent']).default('info').describe('The least level that is logged.'),
  STOP_TIMEOUT_SECONDS: z.coerce
    .number()
    .int()
    .min(1)
    .max(300)
    .default(25)
    .describe('How long a graceful stop waits for requests that still run.'),
});

export type Config = z.output<typeof environment>;

/** Reads the configuration from the environment, or throws one error that lists every mistake. Empty variables count as absent. */
export function readConfig(env: NodeJS.ProcessEnv): Config {
  const given = Object.fromEntries(Object.entries(env).filter(([, value]) => value !== ''));
  const result = environment
    .refine((config) => config.DATABASE_URL === undefined || config.ENCRYPTION_KEY !== undefined, {
      path: ['ENCRYPTION_KEY'],
      message: 'is required with DATABASE_URL; make one with: openssl rand -base64 32',
    })
    .safeParse(given);
  if (result.success) return result.data;
  const lines = result.error.issues.map((issue) => `  ${issue.path.join('.')}: ${issue.message}`);
  throw new Error(`The configuration has mistakes:\n${lines.join('\n')}`);
}

/** Name, default and meaning of every variable, for `--help` and the documentation. */
export function describeConfig(): { name: string; description: string }[] {
  return Object.entries(environment.shape).map(([name, schema]) => ({ name, description: schema.description ?? '' }));
}

/** Reads a version for the log without importing JSON. */
export function readVersion(): string {
  return JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8')).version;
}
