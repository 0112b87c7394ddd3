import { spawnSync } from 'node:child_process';
import fs, { mkdtempSync, openSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, vi } from 'vitest';
import { openLog } from './log.ts';

const messages = (text: string) => text.split('\n').flatMap((line) => (line === '' ? [] : [JSON.parse(line).msg]));

function openFile() {
  const file = join(mkdtempSync(join(tmpdir(), 'appstead-log-')), 'log');
  return { fd: openSync(file, 'a'), written: () => messages(readFileSync(file, 'utf8')) };
}

it('writes what is wrong at once, with the lines before it', async () => {
  const { fd, written } = openFile();
  const writes = vi.spyOn(fs, 'write');
  const log = openLog('info', { fd, gatheredMs: 3_600_000 });
  log.info('before');
  log.warn('wrong');
  log.debug('not asked for');
  await vi.waitFor(() => expect(written()).toEqual(['before', 'wrong']), { timeout: 10_000 });
  log.info('after');
  expect(writes).toHaveBeenCalledTimes(1);
  writes.mockRestore();
});

it('writes every line after a moment', async () => {
  const { fd, written } = openFile();
  const log = openLog('info', { fd, gatheredMs: 20 });
  for (const line of ['one', 'two', 'three']) {
    log.info(line);
    await vi.waitFor(() => expect(written().at(-1)).toBe(line), { timeout: 10_000 });
  }
});

it('loses no line when the process ends', () => {
  const program = `import { openLog } from '${new URL('./log.ts', import.meta.url)}'; openLog('info').info('last'); process.exit(3);`;
  const { status, stdout } = spawnSync(
    process.execPath,
    ['--import', 'tsx', '--conditions=@appstead/source', '--input-type=module', '--eval', program],
    { encoding: 'utf8' },
  );
  expect({ status, said: messages(stdout) }).toEqual({ status: 3, said: ['last'] });
});
