/** A page gave no text. The message is a sentence for whoever set its URL; the cause belongs in the log only. */
export class UnreadablePage extends Error {
  override readonly name = 'UnreadablePage';

  constructor(
    message: string,
    /** Whether it may succeed a little later. */
    readonly isTemporary: boolean,
    cause?: unknown,
  ) {
    super(message, cause === undefined ? undefined : { cause });
  }
}
