import { afterEach, describe, expect, it } from 'vitest';
import { describeFault } from './faults.ts';
import { send } from './testing/calls.ts';
import { pgliteFolder } from './testing/databases.ts';
import { endProcesses, startServer } from './testing/server-process.ts';
import { beginRequest, createAppText } from './testing/slow-request.ts';

afterEach(endProcesses);

const raiseFault = new URL('testing/raise-fault.ts', import.meta.url).href;

describe('a fault that nobody caught', () => {
  it.each([
    ['rejection', 'unhandled rejection'],
    ['exception', 'uncaught exception'],
  ])('%s: is logged without what libraries put into errors, lets running requests finish, and ends with 1', async (fault, message) => {
    const database = await pgliteFolder();
    const server = await startServer({ ...database.env, FAULT: fault }, [raiseFault]);
    const upload = await beginRequest(server.url, createAppText(server.key ?? '', 'in flight'), 5);
    await send(`${server.url}/health/ready`, undefined);
    server.kill('SIGUSR2');
    const logged = JSON.parse((await server.line(/^\{"level":60.*/))[0]);
    await server.line(/"reason":"fault","msg":"stopping/);
    expect(await upload.finish()).toMatch(/^HTTP\/1\.1 201 /);
    expect(await server.ended).toEqual({ code: 1, signal: null });
    expect(logged).toMatchObject({
      msg: message,
      err: { type: 'Error', message: 'something broke', code: '23505', cause: { code: 'ECONNRESET' } },
    });
    expect(logged.err.stack).toContain('raise-fault');
    expect(server.lines.join('\n')).not.toContain('canary');
    await database.remove();
  });
});

describe('describeFault', () => {
  it('says nothing of a thrown value that is no error', () => {
    expect([describeFault('canary'), describeFault({ password: 'canary' }), describeFault(undefined)]).toEqual([
      { type: 'string' },
      { type: 'object' },
      { type: 'undefined' },
    ]);
  });

  it('ends on causes that go round', () => {
    const error = new Error('round');
    error.cause = error;
    expect(JSON.stringify(describeFault(error)).match(/round/g)?.length).toBeLessThan(20);
  });

  it('tells the parts of an error of several parts', () => {
    expect(describeFault(new AggregateError([new Error('first'), 'second']))).toMatchObject({
      errors: [{ message: 'first' }, { type: 'string' }],
    });
  });
});
