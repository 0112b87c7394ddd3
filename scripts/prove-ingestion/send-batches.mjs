import { Agent, request } from 'node:http';
import { setTimeout as wait } from 'node:timers/promises';

/**
 * Sends batches by so many clients at a time, until they are used up. One batch in fifty is sent twice at the same moment, one in a hundred loses
 * its connection on the way and is sent again, and a 503 is obeyed.
 * @returns {Promise<{ seconds: number, requests: number, busy: number, sent: number, rates: number[] }>} `rates`: events per second of each tenth
 */
export async function sendBatches({ url, keys, batches, clients, random, total }) {
  const agent = new Agent({ keepAlive: true, maxSockets: clients * 2 });
  const startedAt = performance.now();
  const marks = [startedAt];
  const done = { requests: 0, busy: 0, sent: 0 };

  const send = async (batch) => {
    for (;;) {
      done.requests++;
      const { status, body } = await post(url, keys[batch.app], batch.body, agent);
      if (status === 503) {
        done.busy++;
        await wait(1_000);
        continue;
      }
      if (status !== 200) throw new Error(`a batch was answered with ${status}: ${JSON.stringify(body)}`);
      const { accepted, duplicates, rejected } = body;
      if (accepted + duplicates + rejected.length !== batch.size || rejected.length !== batch.rejected)
        throw new Error(`of ${batch.size} events ${accepted} were accepted, ${duplicates} duplicates, ${rejected.length} rejected`);
      return;
    }
  };
  const client = async () => {
    for (let next = batches.next(); !next.done; next = batches.next()) {
      const batch = next.value;
      const chance = random();
      if (chance < 0.01) await lose(url, keys[batch.app], batch.body, Math.floor(random() * 20));
      await Promise.all(chance > 0.98 ? [send(batch), send(batch)] : [send(batch)]);
      done.sent += batch.size;
      while (done.sent >= (total / 10) * marks.length && marks.length < 10) marks.push(performance.now());
    }
  };
  await Promise.all(Array.from({ length: clients }, client));
  agent.destroy();
  const endedAt = performance.now();
  marks.push(endedAt);
  const rates = marks.slice(1).map((mark, n) => Math.round(total / 10 / ((mark - marks[n]) / 1000)));
  return { ...done, seconds: (endedAt - startedAt) / 1000, rates };
}

function post(url, key, body, agent) {
  return new Promise((resolve, reject) => {
    const headers = { 'X-API-Key': key, 'Content-Type': 'application/json', 'Content-Length': Buffer.byteLength(body) };
    const sent = request(`${url}/v1/ingest`, { method: 'POST', headers, agent }, (answer) => {
      let text = '';
      answer.setEncoding('utf8').on('data', (chunk) => {
        text += chunk;
      });
      answer.once('end', () => resolve({ status: answer.statusCode, body: JSON.parse(text) })).once('error', reject);
    });
    sent.once('error', reject);
    sent.end(body);
  });
}

/** Sends a batch and cuts the connection after a while, whether or not it was stored by then. */
function lose(url, key, body, afterMs) {
  return new Promise((resolve) => {
    const headers = {
      'X-API-Key': key,
      'Content-Type': 'application/json',
      'Content-Length': Buffer.byteLength(body),
      Connection: 'close',
    };
    const sent = request(`${url}/v1/ingest`, { method: 'POST', headers }, (answer) => answer.resume());
    sent.once('error', resolve).once('close', resolve);
    sent.end(body);
    setTimeout(() => sent.destroy(), afterMs);
  });
}
