import { type Logger, pino } from 'pino';
import { describeFault } from './faults.ts';

const gatheredBytes = 4_096;
const warn = pino.levels.values.warn as number;

/**
 * The log of the process. Lines are gathered for a moment, because writing one costs more than answering the request it tells of. A line that
 * something is wrong goes out at once with those before it, and the end of the process writes what is left; only a kill loses what
 * was gathered. `fd` is a file descriptor, standard output unless said.
 */
export function openLog(level: string, { fd = 1, gatheredMs = 200 }: { fd?: number; gatheredMs?: number } = {}): Logger {
  const destination = pino.destination({ dest: fd, minLength: gatheredBytes });
  let waiting: NodeJS.Timeout | undefined;
  const flush = () => {
    clearTimeout(waiting);
    waiting = undefined;
    destination.flush();
  };
  return pino(
    {
      level,
      base: undefined,
      timestamp: pino.stdTimeFunctions.isoTime,
      serializers: { err: describeFault },
      hooks: {
        logMethod(line, write, severity) {
          write.apply(this, line);
          if (severity >= warn) flush();
          else waiting ??= setTimeout(flush, gatheredMs).unref();
        },
      },
    },
    destination,
  );
}
