import type { AddressInfo } from 'node:net';
import { openDatabase } from '@appstead/database';
import { pagePolicies, siteDir } from '@appstead/docs';
import { bootstrap, createServer, listen, startMaintenance } from '@appstead/server';
import { pino } from 'pino';
import { announce, announceFirstStart } from './announce.ts';
import { type Config, describeConfig, readConfig } from './config.ts';
import { embeddedEncryptionKey } from './encryption-key.ts';
import { stopGracefully } from './graceful-stop.ts';

async function main(config: Config): Promise<void> {
  const log = pino({ level: config.LOG_LEVEL, base: undefined, timestamp: pino.stdTimeFunctions.isoTime });
  const encryptionKey = config.ENCRYPTION_KEY ?? (await embeddedEncryptionKey(config.DATA_DIR));
  const db = await openDatabase({
    ...(config.DATABASE_URL === undefined ? { dataDir: `${config.DATA_DIR}/database` } : { databaseUrl: config.DATABASE_URL }),
    poolSize: config.DATABASE_POOL_SIZE,
    log: (message) => log.info(message),
  });
  const first = await bootstrap(db, { email: config.OWNER_EMAIL });
  const publicUrl = config.PUBLIC_URL ?? `http://localhost:${config.PORT}`;
  const server = await createServer({
    db,
    log,
    publicUrl,
    encryptionKey,
    isSignUpEnabled: () => config.SIGNUP_ENABLED,
    trustedProxies: config.TRUSTED_PROXIES,
    docs: { siteDir, pagePolicies: await pagePolicies() },
    ...(config.METRICS_TOKEN === undefined ? {} : { metricsToken: config.METRICS_TOKEN }),
  });
  const http = await listen(server.app, { port: config.PORT, host: config.HOST, publicUrl });
  const { port } = http.address() as AddressInfo;
  announce(`http://localhost:${port}`, db.kind);
  if (first) announceFirstStart(first);

  const maintenance = startMaintenance(db, log);

  let stops = 0;
  const stop = async (reason: string, exitCode: number) => {
    if (++stops > 1) process.exit(1);
    const close = async () => {
      await maintenance.stop();
      await server.close();
      await db.close();
    };
    const parts = {
      http,
      beginStop: server.beginStop,
      close,
      timeoutMs: config.STOP_TIMEOUT_SECONDS * 1000,
      log: (message: string) => log.info({ reason }, message),
    };
    process.exit(Math.max(exitCode, await stopGracefully(parts)));
  };
  process.on('SIGTERM', () => void stop('SIGTERM', 0));
  process.on('SIGINT', () => void stop('SIGINT', 0));
  process.on('unhandledRejection', (error) => {
    log.fatal({ err: error }, 'unhandled rejection');
    void stop('fault', 1);
  });
}

if (process.argv.includes('--help')) {
  for (const { name, description } of describeConfig()) console.log(`${name}\n    ${description}`);
} else {
  try {
    await main(readConfig(process.env));
  } catch (error) {
    console.error(error instanceof Error ? error.message : error);
    process.exit(78); // EX_CONFIG of sysexits.h: it will not get better by itself
  }
}
