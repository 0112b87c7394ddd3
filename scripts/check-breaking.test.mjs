import { describe, expect, it } from 'vitest';
import { unannouncedChanges } from './check-breaking.mjs';
import { isOlder } from './contract-changes.mjs';
import { readPresent } from './released-contract.mjs';

const released = await readPresent();
const operation = (contract, path, method) => contract.paths[path][method];

function needCode({ components: { schemas } }) {
  schemas.SignIn.required.push('code');
  schemas.SignIn.properties.code = { type: 'string' };
}

/** What the check says after a change of the contract. */
async function problemsAfter(change) {
  const present = structuredClone(released);
  change(present);
  return unannouncedChanges(released, present);
}

describe('a contract that breaks callers of the release is refused', () => {
  it.each([
    ['an operation is gone', (c) => delete c.paths['/v1/apps'].post, /Operation .*removed/],
    ['a request needs one more field', needCode, /code/],
    ['a request field is gone', (c) => delete c.components.schemas.AppCreate.properties.context_info, /context_info/],
    ['a request takes less', (c) => Object.assign(c.components.parameters.Limit.schema, { maximum: 100 }), /Upper bound/],
    ['an answer lacks a field', (c) => delete c.components.schemas.App.properties.timezone, /timezone/],
    ['an answer may be null', (c) => Object.assign(c.components.schemas.App.properties.name, { type: ['string', 'null'] }), /null/],
    ['an answer has a new word in a closed list', (c) => c.components.schemas.Platform.enum.push('tv'), /gained values: 'tv'/],
    [
      'an operation wants another scope',
      (c) => Object.assign(operation(c, '/v1/apps', 'get').security[1], { apiKey: ['apps:all'] }),
      /apps:all/,
    ],
    ['the paths have another prefix', (c) => Object.assign(c.servers[1], { url: '/v2' }), /Server/],
  ])('%s', async (_name, change, said) => {
    const problems = await problemsAfter(change);
    expect(problems).not.toEqual([]);
    expect(problems.join('\n')).toMatch(said);
  });

  it('in every way that only our own rules see', async () => {
    const problems = await problemsAfter((contract) => {
      contract.components.schemas.ProblemCode.enum.pop();
      contract.components.schemas.AppCreate.properties.platform.default = 'apple';
      contract.components.parameters.Limit.schema.default = 20;
      contract.components.headers.ETag.required = false;
      operation(contract, '/v1/apps', 'post')['x-audit'] = 'app.made';
      operation(contract, '/v1/apps', 'post')['x-body-bytes-max'] = 1000;
    });
    expect(problems).toEqual(
      expect.arrayContaining([
        'The problem code unavailable is gone.',
        'AppCreate.platform: the default went from "web" to "apple".',
        'listApps: the default of query limit went from 50 to 20.',
        'getApp: the header ETag of 200 may be missing now.',
        'createApp: the audit event app.created became app.made.',
        'createApp: the largest body went from 1048576 to 1000 bytes.',
      ]),
    );
  });
});

describe('a contract that only adds passes', () => {
  it('as it is', async () => expect(await problemsAfter(() => {})).toEqual([]));

  it('with new operations, optional inputs, fields of answers, problem codes and words', async () => {
    const problems = await problemsAfter((contract) => {
      const listThings = structuredClone(operation(contract, '/v1/apps', 'get'));
      contract.paths['/v1/things'] = { get: { ...listThings, operationId: 'listThings' } };
      operation(contract, '/v1/apps', 'get').parameters.push({ name: 'sort', in: 'query', schema: { type: 'string' } });
      operation(contract, '/v1/apps', 'get').summary = 'List the apps';
      operation(contract, '/v1/apps', 'get').responses['404'] = { $ref: '#/components/responses/NotFound' };
      contract.components.schemas.AppCreate.properties.nickname = { type: 'string', maxLength: 50, default: '' };
      contract.components.schemas.App.properties.nickname = { type: 'string' };
      contract.components.schemas.App.required.push('nickname');
      contract.components.schemas.ProblemCode.enum.push('nickname_taken');
      contract.tags.push({ name: 'Things', description: 'Things.' });
    });
    expect(problems).toEqual([]);
  });
});

describe('the version announces a breaking change', () => {
  const broken = (was, is) => {
    const [before, now] = [structuredClone(released), structuredClone(released)];
    before.info.version = was;
    now.info.version = is;
    delete now.paths['/v1/apps'].post;
    return unannouncedChanges(before, now);
  };

  it('by its first number, before 1.0.0 by its second', async () => {
    expect(await broken('1.4.2', '2.0.0')).toEqual([]);
    expect(await broken('0.1.9', '0.2.0')).toEqual([]);
    expect(await broken('0.9.0', '1.0.0')).toEqual([]);
  });

  it('by nothing less', async () => {
    expect(await broken('1.4.2', '1.5.0')).not.toEqual([]);
    expect(await broken('0.1.0', '0.1.1')).not.toEqual([]);
  });

  it('and never goes back', async () => {
    expect(await broken('0.2.0', '0.1.9')).toEqual(['info.version is 0.1.9, older than the released 0.2.0']);
    expect(isOlder('0.10.0', '0.9.0')).toBe(false);
  });
});
