import { createClient } from '@appstead/client';
import { createConsumer } from './create-consumer.ts';

const { APPSTEAD_URL, APPSTEAD_API_KEY, PORT = '4000' } = process.env;
if (!APPSTEAD_URL || !APPSTEAD_API_KEY) {
  console.error('Set APPSTEAD_URL to the address of an Appstead server and APPSTEAD_API_KEY to a key of your organization.');
  process.exit(1);
}

const client = createClient({ baseUrl: APPSTEAD_URL, apiKey: APPSTEAD_API_KEY, timeoutMs: 5_000 });
// This machine only: whoever reaches the page acts with the key above.
const server = createConsumer(client).listen(Number(PORT), '127.0.0.1', () => console.log(`http://127.0.0.1:${PORT}`));
process.once('SIGINT', () => server.close());
process.once('SIGTERM', () => server.close());
