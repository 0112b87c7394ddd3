/** What will never arrive: the body of an event or of an identification, as it was or would have been sent. */
export type Lost = Record<string, unknown>;

/** Something that did not go well. It is over when `lost` has an item, and will be tried again when `retryInMs` is there. */
export type TrackerError = {
  /**
   * The code of the server's problem, or one of the tracker: `no_answer`, `http_…` for an answer that is no problem, `event_rejected`,
   * `queue_full`, `too_large`, `invalid_event`, `invalid_user_id`,
   * `invalid_properties`, `closed`.
   */
  code: string;
  message: string;
  /** Of the answer, if there was one. */
  status?: number;
  lost: Lost[];
  /** Milliseconds until the next try. */
  retryInMs?: number;
};

export type OnError = (error: TrackerError) => void;

/** Tells of losses on the console, so that a tracker that is set up wrongly is not silent. */
const warnOfLoss: OnError = ({ code, message, lost }) => {
  if (lost.length > 0) console.warn(`appstead: ${code}: ${message}`, lost);
};

/** A reporter that goes on when the app's own function throws: sending must not end with it. */
export function createReporter(onError: OnError = warnOfLoss): OnError {
  return (error) => {
    try {
      onError(error);
    } catch (thrown) {
      console.error(thrown);
    }
  };
}
