import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { SMTPServer } from 'smtp-server';

/** `text` is the body with its transfer encoding undone. */
export type ReceivedMail = { from: string; to: string[]; raw: string; text: string };

/** A mail server on a free port that keeps what it gets and refuses what it is told to. */
export async function startMailServer() {
  const received: ReceivedMail[] = [];
  const waiting: { count: number; resolve: () => void }[] = [];
  const state: { refuseRecipient?: { code: number; message: string }; refuseLetter?: { code: number; message: string } } = {};
  const refusal = ({ code, message }: { code: number; message: string }) => Object.assign(new Error(message), { responseCode: code });
  const server = new SMTPServer({
    authOptional: true,
    disabledCommands: ['STARTTLS'],
    logger: false,
    onRcptTo: (_address, _session, callback) => callback(state.refuseRecipient && refusal(state.refuseRecipient)),
    onData(stream, session, callback) {
      void text(stream).then((raw) => {
        if (state.refuseLetter) return callback(refusal(state.refuseLetter));
        const from = session.envelope.mailFrom === false ? '' : session.envelope.mailFrom.address;
        received.push({ from, to: session.envelope.rcptTo.map(({ address }) => address), raw, text: bodyOf(raw) });
        callback();
        for (const { resolve } of waiting.filter(({ count }) => received.length >= count)) resolve();
      });
    },
  });
  const listening = server.listen(0, '127.0.0.1');
  await once(listening, 'listening');
  const { port } = listening.address() as AddressInfo;
  return {
    url: `smtp://127.0.0.1:${port}`,
    received,
    state,
    /** Resolves when so many mails have come in all. */
    untilReceived(count: number): Promise<void> {
      return new Promise((resolve) => {
        if (received.length >= count) resolve();
        else waiting.push({ count, resolve });
      });
    },
    close: () => new Promise<void>((resolve) => server.close(() => resolve())),
  };
}

/** Undoes quoted-printable (RFC 2045 6.7) where the mail says it is used. */
function bodyOf(raw: string): string {
  const body = raw.slice(raw.indexOf('\r\n\r\n') + 4);
  if (!/^content-transfer-encoding: quoted-printable\r$/im.test(raw)) return body.replaceAll('\r\n', '\n');
  const joined = body.replaceAll('=\r\n', '').replaceAll('\r\n', '\n');
  return decodeURIComponent(joined.replaceAll('%', '%25').replaceAll(/=([0-9A-F]{2})/g, '%$1'));
}
