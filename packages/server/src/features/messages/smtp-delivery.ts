export type Letter = { id: string; to: string; subject: string; text: string };

/** Hands messages to a mail server. */
export type Delivery = {
  /** Resolves when the mail server has taken the letter. Rejects with DeliveryFailed. */
  deliver(letter: Letter): Promise<void>;
  close(): void;
};

/** The mail server did not take a letter. */
export class DeliveryFailed extends Error {
  override readonly name = 'DeliveryFailed';

  constructor(
    message: string,
    /** The server refused this letter for good; another try would get the same answer. */
    readonly permanent: boolean,
  ) {
    super(message);
  }
}

/** The longest that one attempt may take. */
export const attemptMsMax = 60_000;

/** Delivery by SMTP: `smtp://user:password@host:587` (with STARTTLS where the server offers it) or `smtps://…`. */
export function smtpDelivery(smtpUrl: string, from: string): Delivery {
  // Loaded with the first letter: no start has to wait for it.
  let connecting: ReturnType<typeof connect> | undefined;
  const connect = async () => {
    const { createTransport } = await import('nodemailer');
    return createTransport({
      url: smtpUrl,
      connectionTimeout: 10_000,
      greetingTimeout: 10_000,
      socketTimeout: 30_000,
      disableFileAccess: true,
      disableUrlAccess: true,
    });
  };
  return {
    async deliver({ id, to, subject, text }) {
      connecting ??= connect();
      const transport = await connecting;
      try {
        await transport.sendMail({
          from,
          // As an object, so that the address is one address whatever it looks like.
          to: { name: '', address: to },
          subject,
          text,
          // The same for each attempt, so that a reader sees a letter that went out twice once.
          messageId: `<${id}@${from.slice(from.lastIndexOf('@') + 1)}>`,
          headers: { 'Auto-Submitted': 'auto-generated' },
          signal: AbortSignal.timeout(attemptMsMax),
        });
      } catch (error) {
        throw describe(error);
      }
    },
    close: () => void connecting?.then((transport) => transport.close()),
  };
}

/** Only what the server said before it saw the letter is passed on: afterwards it may quote it, and the letter may hold a secret. */
function describe(error: unknown): DeliveryFailed {
  const {
    code = 'unknown',
    responseCode,
    response,
    permanent,
  } = error as { [key in 'code' | 'response']?: string } & {
    responseCode?: number;
    permanent?: boolean;
  };
  const ofLetter = code === 'EMESSAGE' || code === 'EENVELOPE';
  const said = code === 'EMESSAGE' ? responseCode : response;
  return new DeliveryFailed([code, said].filter((part) => part !== undefined).join(': '), ofLetter && permanent === true);
}
