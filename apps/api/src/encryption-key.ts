import { randomBytes, randomUUID } from 'node:crypto';
import { existsSync } from 'node:fs';
import { link, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

/**
 * The key of the embedded database: 32 bytes, made once beside it and readable by its owner only. Rejects when the database is there and its
 * key is not: a new key would open nothing that the old one encrypted.
 */
export async function embeddedEncryptionKey(dataDir: string): Promise<Buffer> {
  const file = join(dataDir, 'encryption.key');
  if (!existsSync(file) && existsSync(join(dataDir, 'database')))
    throw new Error(`${dataDir} holds a database, but its encryption key ${file} is missing. Restore it, or set ENCRYPTION_KEY.`);
  await mkdir(dataDir, { recursive: true, mode: 0o700 });
  await makeOnce(file);
  const key = Buffer.from((await readFile(file, 'utf8')).trim(), 'base64');
  if (key.length !== 32) throw new Error(`${file} does not hold 32 bytes in base64. Restore it from a backup, or set ENCRYPTION_KEY.`);
  return key;
}

// Written aside and linked, so that whoever starts at the same moment, or after a crash at this point, never reads half a key.
async function makeOnce(file: string): Promise<void> {
  if (existsSync(file)) return;
  const written = `${file}.${randomUUID()}`;
  try {
    await writeFile(written, `${randomBytes(32).toString('base64')}\n`, { flag: 'wx', mode: 0o600 });
    await link(written, file);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  } finally {
    await rm(written, { force: true });
  }
}
