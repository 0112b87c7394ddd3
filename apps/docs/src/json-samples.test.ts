import { describe, expect, it } from 'vitest';
import { readGuides } from './guides.ts';
import { codeBlocks } from './markdown.ts';
import { faultsOf } from './testing/contract-schemas.ts';

const samples = (await readGuides()).flatMap(({ name, markdown }) =>
  codeBlocks(markdown, 'json').map((text) => ({ name, body: JSON.parse(text) })),
);

const isEvent = ({ body }: { body: { type?: unknown } }) => body.type === 'event.received';

describe('the JSON samples of the guides', () => {
  it.each(samples.filter(isEvent))('of $name that a webhook receives are what the contract says', ({ body }) => {
    expect(faultsOf(body, '/components/schemas/WebhookEvent')).toBe('');
  });

  it.each(samples.filter((sample) => !isEvent(sample)))(
    'of $name say whether they are a success, and a problem is one of the contract',
    ({ body }) => {
      expect(typeof body.success).toBe('boolean');
      if (!body.success) expect(faultsOf(body, '/components/schemas/Problem')).toBe('');
    },
  );
});
