/** Sends load and prints one JSON line. Runs as a process of its own, so that it can be pinned to another core than the server. */
import autocannon from 'autocannon';

const { url, connections, seconds, requests, withIds = false } = JSON.parse(process.argv[2]);
// Servers end a connection after 10,000 requests, and what comes on it beyond that gets 503.
const reconnectRate = 9_000;
const result = await autocannon({ url, connections, duration: seconds, requests, idReplacement: withIds, reconnectRate });
const { requests: sent, latency, non2xx, errors, timeouts } = result;
console.log(
  JSON.stringify({
    requests: sent.total,
    seconds: result.duration,
    p50Ms: latency.p50,
    p99Ms: latency.p99,
    failed: non2xx + errors + timeouts,
  }),
);
