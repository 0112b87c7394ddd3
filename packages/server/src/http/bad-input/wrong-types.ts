import { type BadCase, create, invalid, update } from './case.ts';

type Kind = 'text' | 'text or null' | 'integer' | 'boolean' | 'array' | 'object' | 'object or null';

/** What JSON type each field of an app takes, written down apart from the contract so that neither is believed alone. */
export const createKinds: Record<string, Kind> = {
  name: 'text',
  description: 'text or null',
  project_id: 'text',
  platform: 'text',
  bundle_id: 'text or null',
  environment: 'text',
  app_store_url: 'text or null',
  play_store_url: 'text or null',
  website_url: 'text or null',
  authorized_domains: 'array',
  data_retention_days: 'integer',
  timezone: 'text',
  features: 'object',
  status: 'text',
  engagement_platform: 'text',
  engagement_credentials: 'object or null',
  email_platform: 'text',
  email_credentials: 'object or null',
  webhook_enabled: 'boolean',
  webhook_url: 'text or null',
  webhook_use_query_params: 'boolean',
  context_info: 'text or null',
};

const { project_id, platform, bundle_id, ...changeable } = createKinds;
export const updateKinds: Record<string, Kind> = changeable;

const samples: { value: unknown; fits: Kind[] }[] = [
  { value: 'true', fits: ['text', 'text or null'] },
  { value: null, fits: ['text or null', 'object or null'] },
  { value: 365, fits: ['integer'] },
  { value: 36.6, fits: [] },
  { value: '365', fits: ['text', 'text or null'] },
  { value: true, fits: ['boolean'] },
  { value: [], fits: ['array'] },
  { value: ['x', 7, null], fits: [] },
  { value: {}, fits: ['object', 'object or null'] },
  { value: { nested: { deeper: [] } }, fits: [] },
];

const wrongFor = (kind: Kind) => samples.filter(({ fits }) => !fits.includes(kind)).map(({ value }) => value);

/** Every field with every JSON type that it does not take. */
export const wrongTypeCases: BadCase[] = [
  ...Object.entries(createKinds).flatMap(([field, kind]) =>
    wrongFor(kind).map((value) => invalid(`createApp: ${field} is ${JSON.stringify(value)}`, `body.${field}`, create({ [field]: value }))),
  ),
  ...Object.entries(updateKinds).flatMap(([field, kind]) =>
    wrongFor(kind).map((value) => invalid(`updateApp: ${field} is ${JSON.stringify(value)}`, `body.${field}`, update({ [field]: value }))),
  ),
];
