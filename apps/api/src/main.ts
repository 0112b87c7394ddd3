import { announce, announceFirstStart } from './announce.ts';
import { type Config, ConfigError, describeConfig, readConfig } from './config.ts';
import { stopGracefully } from './graceful-stop.ts';
import { openLog } from './log.ts';
import { start } from './start.ts';

const badConfiguration = 78; // EX_CONFIG of sysexits.h
/** One Ctrl-C reaches the process twice: from the terminal and from npm, which passes it on. */
const samePressMs = 500;

async function main(config: Config): Promise<void> {
  const log = openLog(config.LOG_LEVEL);
  const { url, http, database, beginStop, close, ready } = await start(config, log);

  let stoppingSince: number | undefined;
  const stop = async (reason: string, exitCode: 0 | 1) => {
    if (stoppingSince !== undefined) {
      if (exitCode === 1 || performance.now() - stoppingSince > samePressMs) process.exit(1);
      return;
    }
    stoppingSince = performance.now();
    const outcome = await stopGracefully({
      http,
      beginStop,
      close,
      delayMs: config.STOP_DELAY_SECONDS * 1000,
      timeoutMs: config.STOP_TIMEOUT_SECONDS * 1000,
      log: (message) => log.info({ reason }, message),
    });
    process.exit(Math.max(exitCode, outcome));
  };
  process.on('SIGTERM', () => void stop('SIGTERM', 0));
  process.on('SIGINT', () => void stop('SIGINT', 0));
  // Nobody knows what state a fault nobody caught left behind: finish what runs, and let a new process go on.
  process.on('uncaughtException', (error, origin) => {
    log.fatal({ err: error }, origin === 'unhandledRejection' ? 'unhandled rejection' : 'uncaught exception');
    void stop('fault', 1);
  });

  const first = await ready.catch((error) => {
    // A stop in between closed the database, and what the start still wanted of it is of no interest.
    if (stoppingSince === undefined) throw error;
  });
  if (stoppingSince === undefined) announce(url, database);
  if (first) announceFirstStart(first);
}

function printHelp(): void {
  console.log('Appstead, configured by environment variables:\n');
  for (const { name, description, defaultValue } of describeConfig())
    console.log(`${name}${defaultValue === undefined ? '' : ` (${defaultValue})`}\n    ${description.replaceAll('`', '')}`);
}

if (process.argv.includes('--help')) {
  printHelp();
} else {
  try {
    await main(readConfig(process.env));
  } catch (error) {
    console.error(`Appstead cannot start. ${error instanceof Error ? error.message : error}`);
    process.exit(error instanceof ConfigError ? badConfiguration : 1);
  }
}
