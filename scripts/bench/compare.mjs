import { runServer, sendLoad } from './run-server.mjs';

/**
 * Two servers in turn, A B B A A B …, on the same load, after their answers were compared. The ratio is of the CPU that one request costs the
 * server, B / A: 1 means that ours (A) costs what the reference (B) costs, more that it costs less. Neighbours on the machine change requests
 * per second, but hardly that.
 */
export async function compare({ a, b, settings, requests, sample, withIds, rounds, seconds, warmSeconds }) {
  const rows = [];
  for (let round = 0; round < rounds; round++) {
    const order = round % 2 === 0 ? ['a', 'b'] : ['b', 'a'];
    const row = {};
    for (const side of order) {
      const server = await runServer(side === 'a' ? a : b, settings);
      try {
        row[`${side}Answer`] = await answerOf(server.url, sample);
        await sendLoad(server, { requests, withIds, seconds: warmSeconds });
        row[side] = await sendLoad(server, { requests, withIds, seconds });
      } finally {
        await server.stop();
      }
    }
    if (row.aAnswer !== row.bAnswer) throw new Error(`${a} and ${b} answer differently:\n${row.aAnswer}\n${row.bAnswer}`);
    rows.push({ ratio: row.b.cpuMicros / row.a.cpuMicros, speedRatio: row.a.perSecond / row.b.perSecond, a: row.a, b: row.b });
    process.stdout.write(` ${rows.at(-1).ratio.toFixed(2)}`);
  }
  return rows;
}

async function answerOf(url, { path, method = 'GET', headers = {}, body, comparable = (text) => text, headersToo = false }) {
  const response = await fetch(`${url}${path}`, { method, headers, ...(body ? { body } : {}) });
  const text = `${response.status} ${comparable(await response.text())}`;
  if (!headersToo) return text;
  // As many bytes, whatever the moment and the id of the request.
  const own = { date: '<date>', 'x-request-id': '<id>' };
  return [...[...response.headers].map(([name, value]) => `${name}: ${own[name] ?? value}`).sort(), text].join('\n');
}

/** Median, least and greatest. */
export function spread(values) {
  const sorted = [...values].sort((x, y) => x - y);
  return { median: sorted[Math.floor((sorted.length - 1) / 2)], min: sorted[0], max: sorted.at(-1) };
}

/** With as many digits as are worth reading. */
export function number(value) {
  return value >= 100 ? value.toFixed(0) : value >= 10 ? value.toFixed(1) : value.toFixed(value < 0.1 ? 3 : 2);
}
