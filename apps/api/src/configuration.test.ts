import { afterEach, describe, expect, it } from 'vitest';
import { describeConfig, readConfig } from './config.ts';
import { configurationPage } from './configuration-page.ts';
import { endProcesses, startProcess } from './testing/server-process.ts';

afterEach(endProcesses);

const mistakesOf = (env: Record<string, string>) => {
  try {
    readConfig(env);
    return [];
  } catch (error) {
    return (error as Error).message.split('\n').slice(1);
  }
};

describe('the configuration', () => {
  it('needs nothing: every variable is optional', () => {
    expect(readConfig({})).toMatchObject({ PORT: 3000, HOST: '0.0.0.0', DATA_DIR: '.data', SIGNUP_ENABLED: true });
    expect(readConfig({}).DATABASE_URL).toBeUndefined();
  });

  it('takes an empty variable for an absent one', () => {
    const empty = Object.fromEntries(describeConfig().map(({ name }) => [name, '']));
    expect(readConfig(empty)).toEqual(readConfig({}));
  });

  it('names every mistake at once, and what DATABASE_URL and SMTP_URL need beside them, without showing a value', () => {
    const wrong = {
      PORT: '70000',
      PUBLIC_URL: 'ftp://canary',
      DATABASE_URL: 'mysql://root:canary@localhost',
      DATABASE_POOL_SIZE: '0x10',
      OWNER_EMAIL: 'canary',
      SIGNUP_ENABLED: 'yes',
      METRICS_TOKEN: 'canary',
      SMTP_URL: 'https://canary',
      EGRESS_ALLOW: '10.0.0.0/8,canary:http',
      TRUSTED_PROXIES: '-1',
      LOG_LEVEL: 'loud',
      STOP_DELAY_SECONDS: ' ',
      STOP_TIMEOUT_SECONDS: '1.5',
    };
    const missing = ['ENCRYPTION_KEY', 'MAIL_FROM'];
    const mistakes = mistakesOf(wrong);
    expect(mistakes.map((line) => line.trim().split(':')[0])).toEqual([...Object.keys(wrong), ...missing]);
    expect(mistakes.join()).not.toContain('canary');
    expect(mistakesOf({ ENCRYPTION_KEY: 'c2hvcnQ=' })).toHaveLength(1);
  });

  it('takes PUBLIC_URL without the slash at its end, because paths are put behind it', () => {
    expect(readConfig({ PUBLIC_URL: 'https://apps.example.com/' }).PUBLIC_URL).toBe('https://apps.example.com');
  });

  it('ends the process with 78 and a message, no stack, when it has mistakes', async () => {
    const server = startProcess({ PORT: 'canary', LOG_LEVEL: 'loud' });
    expect(await server.ended).toEqual({ code: 78, signal: null });
    expect(server.lines).toEqual([
      'Appstead cannot start. The configuration has mistakes:',
      '  PORT: must be a whole number from 0 to 65535',
      expect.stringMatching(/^ {2}LOG_LEVEL: /),
    ]);
  });

  it('is explained, variable by variable, by --help and in docs/configuration.md', async () => {
    for (const { description } of describeConfig()) expect(description).toMatch(/^\S.{20,}\.$|^\S.{20,}`\.$/);
    await expect(configurationPage()).toMatchFileSnapshot('../../../docs/configuration.md');
  });
});
