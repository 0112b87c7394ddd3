import { AllowList } from '@appstead/server';
import { z } from 'zod';

const flag = z.enum(['true', 'false']).transform((text) => text === 'true');
// Digits only: Number() also takes '', ' ' and '0x10'.
const whole = (least: number, most: number) =>
  z
    .string()
    .refine(
      (text) => /^\d{1,9}$/.test(text) && Number(text) >= least && Number(text) <= most,
      `must be a whole number from ${least} to ${most}`,
    )
    .transform(Number);
const key32 = z
  .string()
  .regex(/^[A-Za-z0-9+/_-]{43}=?$/, 'must be 32 bytes in base64; make one with: openssl rand -base64 32')
  .transform((text) => Buffer.from(text, 'base64'));
const isSmtpUrl = (text: string) => /^smtps?:\/\//.test(text) && URL.canParse(text) && new URL(text).hostname !== '';
const allowList = z.string().transform((text, context) => {
  try {
    return AllowList.parse(text);
  } catch (error) {
    context.addIssue({ code: 'custom', message: (error as Error).message });
    return z.NEVER;
  }
});
const withoutEndSlash = (url: string) => url.replace(/\/+$/, '');

/** Every variable the server reads, explained where it is declared. Nothing else reads the environment. */
const environment = z.object({
  PORT: whole(0, 65_535).default(3000).describe('The port to listen on; 0 takes a free one.'),
  HOST: z.string().default('0.0.0.0').describe('The address to listen on.'),
  PUBLIC_URL: z
    .url({ protocol: /^https?$/, error: 'must be an http:// or https:// address' })
    .transform(withoutEndSlash)
    .optional()
    .describe('Where callers reach the server, as problem types and tokens name it. Without it, `http://localhost` and the port.'),
  DATABASE_URL: z
    .string()
    .regex(/^postgres(ql)?:\/\//, 'must begin with postgresql://')
    .optional()
    .describe('A PostgreSQL server, version 15 or newer. Without it, the embedded database in `DATA_DIR`.'),
  DATABASE_POOL_SIZE: whole(1, 200).default(10).describe('How many connections to PostgreSQL one process holds.'),
  DATA_DIR: z.string().default('.data').describe('The folder of the embedded database, and of the encryption key made for it.'),
  ENCRYPTION_KEY: key32
    .optional()
    .describe('32 bytes in base64 that encrypt stored secrets. Required with `DATABASE_URL`; else made in `DATA_DIR` at first start.'),
  OWNER_EMAIL: z
    .email('must be an e-mail address')
    .default('owner@example.com')
    .describe('The e-mail address of the owner made at first start.'),
  SIGNUP_ENABLED: flag.default(true).describe('Whether strangers may sign up and make organizations: `true` or `false`.'),
  METRICS_TOKEN: z
    .string()
    .min(16, 'must have at least 16 characters')
    .optional()
    .describe('Opens `/metrics` to whoever sends it as a Bearer token; at least 16 characters. Without it `/metrics` stays closed.'),
  SMTP_URL: z
    .string()
    .refine(isSmtpUrl, 'must be an address like smtps://user:password@mail.example.com')
    .optional()
    .describe(
      'The mail server, as `smtps://user:password@host` or, with STARTTLS where it is offered, `smtp://…:587`. Without it, mail is kept for admins to read.',
    ),
  MAIL_FROM: z
    .email('must be an e-mail address')
    .optional()
    .describe('The e-mail address that mail comes from. Required with `SMTP_URL`, else unused.'),
  EGRESS_ALLOW: allowList
    .optional()
    .describe(
      'What URLs of users may reach beyond the Internet and the ports 80, 443, 8080 and 8443: `host-or-cidr[:port]` with commas between, such as `10.1.0.0/16,hooks.intranet:9000`. The port may be `*`.',
    ),
  TRUSTED_PROXIES: whole(0, 10)
    .default(0)
    .describe('How many proxies in front are trusted to name the caller (`X-Forwarded-For`), which rate limits go by.'),
  LOG_LEVEL: z
    .enum(['fatal', 'error', 'warn', 'info', 'debug', 'silent'])
    .default('info')
    .describe('The least severe line that is logged: `fatal`, `error`, `warn`, `info`, `debug` or `silent`.'),
  LOG_SAMPLE_EVERY: whole(1, 1_000_000)
    .default(1)
    .describe('Of the requests that succeed, one in so many is logged; every request that fails is logged.'),
  STOP_DELAY_SECONDS: whole(0, 60)
    .default(0)
    .describe(
      'How long a server that was told to stop still takes connections while `/health/ready` answers 503, so that balancers notice.',
    ),
  STOP_TIMEOUT_SECONDS: whole(1, 300).default(25).describe('How long a stop then waits for requests that still run.'),
});

export type Config = z.output<typeof environment>;

/** A configuration that cannot be used. The message lists every mistake and shows no value. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError';
}

/** Reads the configuration, or throws a ConfigError. Variables that are empty count as absent. */
export function readConfig(env: NodeJS.ProcessEnv): Config {
  const given = Object.fromEntries(Object.entries(env).filter(([, value]) => value !== ''));
  const result = environment.safeParse(given);
  const mistakes = (result.error?.issues ?? []).map(({ path, message }) => `${path.join('.')}: ${message}`);
  // Not a refinement of the schema: that would be left out while anything else is wrong, and come as a second surprise.
  if (given.DATABASE_URL !== undefined && given.ENCRYPTION_KEY === undefined)
    mistakes.push('ENCRYPTION_KEY: is required with DATABASE_URL; make one with: openssl rand -base64 32');
  if (given.SMTP_URL !== undefined && given.MAIL_FROM === undefined) mistakes.push('MAIL_FROM: is required with SMTP_URL');
  if (result.success && mistakes.length === 0) return result.data;
  throw new ConfigError(`The configuration has mistakes:\n${mistakes.map((line) => `  ${line}`).join('\n')}`);
}

export type Variable = { name: string; description: string; defaultValue: string | undefined };

/** Every variable in the order of its declaration, for `--help` and docs/configuration.md. */
export function describeConfig(): Variable[] {
  return Object.entries(environment.shape).map(([name, schema]) => ({
    name,
    description: schema.description ?? '',
    defaultValue: 'defaultValue' in schema.def ? String(schema.def.defaultValue) : undefined,
  }));
}
