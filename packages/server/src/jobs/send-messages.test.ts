import { pino } from 'pino';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import * as store from '../features/messages/message-store.ts';
import { attemptMsMax, smtpDelivery } from '../features/messages/smtp-delivery.ts';
import { call } from '../testing/call.ts';
import { startMailServer } from '../testing/mail-server.ts';
import { type Harness, startServer } from '../testing/server-harness.ts';
import { attemptsMax, retryMs, sendDue, startMessageSender } from './send-messages.ts';

const from = 'no-reply@appstead.test';
const woken: (() => void)[] = [];
let server: Harness;
let mail: Awaited<ReturnType<typeof startMailServer>>;
let lines: string[];
beforeAll(async () => {
  server = await startServer({ messageSender: { wake: () => void woken.map((wake) => wake()) } });
});
afterAll(() => server.close());
beforeEach(async () => {
  mail = await startMailServer();
  lines = [];
  await server.admin.query({ text: 'DELETE FROM messages' });
});
afterEach(async () => {
  server.state.offsetMs = 0;
  woken.length = 0;
  await mail.close();
});

const log = pino({ level: 'debug' }, { write: (line: string) => void lines.push(line) });

async function invite() {
  const { session, id: organizationId } = await server.newOrganization();
  const body = { email: `${crypto.randomUUID()}@example.com`, role: 'member' };
  const { token } = (await call(server.url, '/v1/invitations', { key: session, body })).body;
  return { organizationId, token, email: body.email };
}

async function pass(smtpUrl = mail.url): Promise<void> {
  const delivery = smtpDelivery(smtpUrl, from);
  await sendDue({ db: server.db, box: server.box, delivery, log, now: server.now });
  delivery.close();
}

async function statusOfNewest(): Promise<unknown> {
  const { rows } = await server.admin.query({ text: 'SELECT status FROM messages ORDER BY created_at DESC, id DESC LIMIT 1' });
  return rows[0]?.status;
}

describe('sending messages', () => {
  it('queues an invitation with its cause and sends it once, as a letter to that address with the token in it', async () => {
    const { token, email } = await invite();
    expect(await statusOfNewest()).toBe('queued');
    await pass();
    await pass();
    expect(await statusOfNewest()).toBe('sent');
    const [letter] = mail.received;
    expect(mail.received).toHaveLength(1);
    expect(letter).toMatchObject({ from, to: [email] });
    expect(letter?.raw).toContain('Subject: You are invited to Example Ltd');
    expect(letter?.raw).toMatch(/^Auto-Submitted: auto-generated\r$/m);
    expect(letter?.text).toContain(`\n${token}\n`);
    expect(lines.join('') + server.log.join('')).not.toContain(token);
  });

  it('sends names of any letters as they are, on one line each', async () => {
    const { session } = await server.newOrganization();
    const name = 'Zoë\r\nBcc: everybody@example.com';
    await call(server.url, '/v1/account', { key: session, method: 'PATCH', body: { name } });
    await call(server.url, '/v1/organization', { key: session, method: 'PATCH', body: { name: `例え\nSubject: another` } });
    await call(server.url, '/v1/invitations', { key: session, body: { email: 'grace@example.com', role: 'admin' } });
    await pass();
    const [letter] = mail.received;
    expect(letter?.to).toEqual(['grace@example.com']);
    expect(letter?.text).toMatch(/^Zoë Bcc: everybody@example\.com invites you to 例え Subject: another as an admin\.\n/);
    const head = String(letter?.raw.split('\r\n\r\n')[0]);
    expect(head.match(/^(Subject|Bcc):/gim)).toEqual(['Subject:']);
  });

  it('sends each message once when several processes look for work at the same moment', async () => {
    for (let n = 0; n < 3; n++) await invite();
    await Promise.all([pass(), pass(), pass()]);
    expect(new Set(mail.received.map(({ to }) => to[0])).size).toBe(3);
    expect(mail.received).toHaveLength(3);
  });

  it('tries again later when the mail server is away, and says so without the letter', async () => {
    const { token } = await invite();
    await pass('smtp://127.0.0.1:1');
    expect(await statusOfNewest()).toBe('queued');
    expect(JSON.parse(lines[0] as string)).toMatchObject({ msg: 'a message could not be sent yet', attempts: 1 });
    await pass();
    expect(mail.received).toHaveLength(0);
    server.state.offsetMs = retryMs(1);
    await pass();
    expect(mail.received).toHaveLength(1);
    expect(await statusOfNewest()).toBe('sent');
    expect(lines.join('')).not.toContain(token);
  });

  it('tries again after a temporary refusal, and gives up after the last attempt', async () => {
    await invite();
    mail.state.refuseRecipient = { code: 451, message: 'try again later' };
    for (let attempts = 1; attempts <= attemptsMax; attempts++) {
      expect([attempts, await statusOfNewest()]).toEqual([attempts, 'queued']);
      await pass();
      server.state.offsetMs += retryMs(attempts);
    }
    expect(await statusOfNewest()).toBe('failed');
    expect(JSON.parse(lines.at(-1) as string)).toMatchObject({ msg: 'a message could not be sent', attempts: attemptsMax });
    mail.state.refuseRecipient = undefined;
    await pass();
    expect(mail.received).toHaveLength(0);
  });

  it('gives up at once when the address is refused for good', async () => {
    await invite();
    mail.state.refuseRecipient = { code: 550, message: 'no such user' };
    await pass();
    expect(await statusOfNewest()).toBe('failed');
    expect(lines.join('')).toContain('no such user');
  });

  it('does not log what a mail server quotes of a letter', async () => {
    const { token } = await invite();
    mail.state.refuseLetter = { code: 554, message: `rejected: ${token}` };
    await pass();
    expect(lines.join('')).toContain('EMESSAGE: 554');
    expect(lines.join('')).not.toContain(token);
  });

  it('sends again what a process had taken when it died', async () => {
    const { organizationId } = await invite();
    const at = server.now().toISOString();
    const [due] = await store.listDue(server.db, at, 10);
    const nextAttemptAt = () => new Date(Date.parse(at) + retryMs(1)).toISOString();
    await server.db.transact(organizationId, (tx) => store.claim(tx, organizationId, due?.id as string, at, nextAttemptAt));
    await pass();
    expect(mail.received).toHaveLength(0);
    server.state.offsetMs = retryMs(1) + 1_000;
    await pass();
    expect(mail.received).toHaveLength(1);
    expect(await statusOfNewest()).toBe('sent');
  });
});

describe('startMessageSender', () => {
  it('sends what was queued before its start, and at once what is queued later; a stop ends it', async () => {
    await invite();
    const encryptionKey = server.encryptionKey;
    const sender = startMessageSender({ db: server.db, log, encryptionKey, smtpUrl: mail.url, from, now: server.now });
    await mail.untilReceived(1);
    woken.push(sender.wake);
    const before = performance.now();
    await invite();
    await mail.untilReceived(2);
    expect(performance.now() - before).toBeLessThan(4_000);
    await sender.stop();
    await invite();
    expect(await statusOfNewest()).toBe('queued');
  });
});

describe('retryMs', () => {
  it('doubles from 2 minutes to at most 6 hours, and gives a mail server most of a day', () => {
    const waits = Array.from({ length: attemptsMax - 1 }, (_, index) => retryMs(index + 1) / 60_000);
    expect(waits).toEqual([2, 4, 8, 16, 32, 64, 128, 256, 360]);
  });

  it('is longer than an attempt can take, so that nobody else tries meanwhile', () => {
    expect(retryMs(1)).toBeGreaterThan(attemptMsMax);
  });
});
