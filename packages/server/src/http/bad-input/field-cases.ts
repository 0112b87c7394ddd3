import { type BadCase, create, createWith, invalid, refused, update } from './case.ts';

const eachCreate = (what: string, field: string, values: unknown[], rest: object = {}): BadCase[] =>
  values.map((value) =>
    invalid(`${what}: ${String(JSON.stringify(value)).slice(0, 60)}`, `body.${field}`, create({ ...rest, [field]: value })),
  );
const number = (text: string): BadCase =>
  invalid(`data_retention_days is ${text}`, 'body.data_retention_days', createWith(`{"name":"bad","data_retention_days":${text}}`));
const unknown = (field: string): BadCase =>
  invalid(`createApp: the unknown field ${field}`, `body.${field}`, createWith(`{"name":"bad","${field}":"x"}`));
const unknownUpdate = (field: string): BadCase =>
  invalid(`updateApp: the unknown field ${field}`, `body.${field}`, ({ key, appId }) => ({
    ...{ path: `/v1/apps/${appId}`, method: 'PATCH', key, raw: `{"name":"bad","${field}":"x"}` },
  }));
const immutable = (field: string, value: unknown): BadCase => ({
  ...{ name: `updateApp: ${field} cannot be changed`, status: 400, code: 'immutable_field', at: `body.${field}` },
  request: update({ name: 'bad', [field]: value }),
});

const urls = [
  'ftp://example.com',
  'javascript:alert(1)',
  'https://user:pass@example.com',
  'https://user@example.com',
  'http://',
  'example.com',
];
const moreUrls = [
  '//example.com',
  'https://exa mple.com',
  'https:\\\\example.com',
  'http://[::1',
  '',
  `https://example.com/${'a'.repeat(2048)}`,
];
const uncallable = [
  ...['http://127.0.0.1/', 'https://localhost', 'http://2130706433/', 'http://0x7f.1/', 'http://[::ffff:127.0.0.1]/', 'http://10.0.0.1/in'],
  ...['http://169.254.169.254/latest/', 'http://[fd00:ec2::254]/', 'https://example.com:22/', 'https://example.com:0/'],
];
const domains = [
  'http://example.com',
  'example.com:80',
  'example.com/path',
  '*',
  '*.com',
  'a..b',
  '-a.com',
  'a-.com',
  '127.0.0.1',
  '0x7f.1',
];
const moreDomains = ['[::1]', '', 'a b', '*.*.example.com', 'a*.example.com', 'user@example.com', '.example.com', 'example.com.', 'a%2eb'];
const zones = ['Mars/Phobos', 'GMT+5', '+05:30', '', 'Europe/Berlin ', 'Europe', 'UTC+1', '../UTC', 'a'.repeat(65)];
const tooMany = Object.fromEntries(Array.from({ length: 21 }, (_, index) => [`name_${index}`, 'x']));

export const fieldCases: BadCase[] = [
  ...['x', 'id', 'api_key', 'api_secret', 'organization_id', 'team_id', 'cached_user_count', 'created_at', 'Name'].map(unknown),
  ...['__proto__', 'constructor', 'prototype', 'toString', 'hasOwnProperty'].map(unknown),
  refused('a field without a name', 400, 'invalid_request', createWith('{"name":"bad","":"x"}')),
  ...['x', 'id', 'api_secret', '__proto__', 'constructor'].map(unknownUpdate),
  invalid('an unknown feature', 'body.features', create({ features: { teleport: true } })),
  invalid('__proto__ as a feature', 'body.features', createWith('{"name":"bad","features":{"__proto__":true}}')),
  immutable('platform', 'android'),
  immutable('bundle_id', 'com.example.other'),
  immutable('project_id', '01939f5c-8a21-7c02-9d03-2f3a4b5c6d7e'),
  immutable('platform', 'apple'),
  invalid('updateApp: no field at all', 'body', update({})),
  invalid('the last of two equal keys counts', 'body.name', createWith('{"name":"good","name":7}')),

  ...eachCreate('a name that is none', 'name', ['', ' ', '\t\n', 'x'.repeat(101), '\u2003'.repeat(3)]),
  ...eachCreate('a text that is too long', 'description', ['x'.repeat(501)]),
  ...eachCreate('a text that is too long', 'context_info', ['x'.repeat(2001)]),
  ...['29', '2556', '30.5', '-365', '0', '-0', '1e400', '-1e400', '9007199254740993', '1e21', '365.0000001'].map(number),
  ...eachCreate('a zone that is none', 'timezone', zones),
  ...eachCreate('a value outside the list', 'platform', ['ios', 'Apple', 'constructor', '']),
  ...eachCreate('a value outside the list', 'environment', ['prod', ' production']),
  ...eachCreate('a value outside the list', 'status', ['deleted']),
  ...eachCreate('a value outside the list', 'engagement_platform', ['onesignal']),
  ...eachCreate('a value outside the list', 'email_platform', ['mailchimp']),
  ...['website_url', 'webhook_url'].flatMap((field) => eachCreate(`a bad URL in ${field}`, field, [...urls, ...moreUrls])),
  ...['app_store_url', 'play_store_url'].flatMap((field) => eachCreate(`a bad URL in ${field}`, field, urls)),
  ...['website_url', 'webhook_url', 'app_store_url', 'play_store_url'].flatMap((field) =>
    eachCreate(`a URL nobody may call in ${field}`, field, uncallable),
  ),
  invalid('updateApp: a webhook into the network', 'body.webhook_url', update({ webhook_url: 'http://192.168.1.1/' })),
  ...[...domains, ...moreDomains].map((domain) =>
    invalid(`a bad domain: ${domain}`, 'body.authorized_domains.1', create({ authorized_domains: ['example.com', domain] })),
  ),
  ...eachCreate('too many domains', 'authorized_domains', [Array.from({ length: 101 }, (_, index) => `a${index}.example.com`)]),

  invalid('an apple app without a bundle id', 'body.bundle_id', create({ platform: 'apple' })),
  ...eachCreate('an apple bundle id', 'bundle_id', [null, 'nodots', 'com.exa_mple', 'com..example', 'com.example.', 'com.exämple'], {
    platform: 'apple',
  }),
  invalid('an android app without a bundle id', 'body.bundle_id', create({ platform: 'android' })),
  ...eachCreate('an android bundle id', 'bundle_id', [null, 'nodots', 'com.1example', 'com.exa-mple', '1com.example', 'com._a'], {
    platform: 'android',
  }),
  ...eachCreate('a web bundle id', 'bundle_id', ['nodots', '', 'com.exa_mple'], { platform: 'web' }),
  ...eachCreate('a web bundle id, the platform left out', 'bundle_id', ['nodots']),
  ...eachCreate('a backend bundle id', 'bundle_id', ['com.example.app', ''], { platform: 'backend' }),
  ...eachCreate('a bundle id that is too long', 'bundle_id', [`com.${'a'.repeat(252)}`], { platform: 'apple' }),

  invalid('createApp: a webhook without a URL', 'body.webhook_url', create({ webhook_enabled: true })),
  invalid('createApp: a webhook with null for its URL', 'body.webhook_url', create({ webhook_enabled: true, webhook_url: null })),
  refused('updateApp: a webhook without a URL', 409, 'webhook_url_missing', update({ webhook_enabled: true })),
  invalid('too many credentials', 'body.engagement_credentials', create({ engagement_credentials: tooMany })),
  invalid('a credential that is too long', 'body.email_credentials.key', create({ email_credentials: { key: 'x'.repeat(4097) } })),
  invalid('a credential that is a number', 'body.email_credentials.key', create({ email_credentials: { key: 7 } })),
  invalid('a name of a credential that is too long', 'body.email_credentials', create({ email_credentials: { ['k'.repeat(101)]: 'x' } })),
  refused('a project that is not there', 404, 'project_not_found', create({ project_id: '01939f5c-8a21-7c02-9d03-2f3a4b5c6d7e' })),
  ...eachCreate('a project id that is none', 'project_id', [
    ...['1', '', '01939f5c-8a21-7c02-9d03-2f3a4b5c6d7g', 'urn:uuid:01939f5c-8a21-7c02-9d03-2f3a4b5c6d7e'],
  ]),
];
