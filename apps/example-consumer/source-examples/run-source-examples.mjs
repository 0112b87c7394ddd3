/**
 * Runs the examples of the API Appstead has to be compatible with, as they were published, against a server:
 *
 *   node run-source-examples.mjs --url http://localhost:3000 --key apps_…
 *
 * Only the address and the key are replaced, and only at run time. The texts go to the interpreters over standard input,
 * so that the key stands in no file and in no list of processes beyond this one.
 */
import { spawn } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';

const folder = fileURLToPath(new URL('.', import.meta.url));

/** An example with the address and the key of a server in place of the published ones. */
async function readExample(name, { url, key }) {
  const source = await readFile(`${folder}${name}`, 'utf8');
  return source.replaceAll('https://api.appizer.com', url.replace(/\/$/, '')).replaceAll('apps_your_api_key', key);
}

/** Runs an interpreter on a program: what it printed, and its exit code; `ENOENT` as code when there is no such interpreter. */
async function run(command, args, program) {
  const child = spawn(command, args, { cwd: folder, stdio: ['pipe', 'pipe', 'pipe'] });
  const ended = new Promise((resolve) => {
    child.once('error', (error) => resolve(error.code));
    child.once('close', resolve);
  });
  // An interpreter that is not there reads nothing.
  child.stdin.on('error', () => {});
  child.stdin.end(program);
  const [out, err, code] = await Promise.all([text(child.stdout), text(child.stderr), ended]);
  return { out, err, code };
}

/** Creates an app as the Node.js example does; its id. The example mixes `require` and a top-level `await`, so it runs inside an async function. */
async function createApp(server) {
  const program = `(async () => {\n${await readExample('create-app.js', server)}\n})();\n`;
  const { out, err, code } = await run(process.execPath, ['--input-type=commonjs'], program);
  const id = /^App created: ([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})$/m.exec(out)?.[1];
  if (!id || code !== 0) throw new Error(`it did not print a created app (exit code ${code})\n${out}${err}`);
  return id;
}

/** Lists the apps as the Python example does; throws when the app with this id is not among them. */
async function listApps(server, id) {
  if (!id) throw new Error('there is no created app to look for');
  const { out, err, code } = await run('python3', ['-'], await readExample('list-apps.py', server));
  if (code === 'ENOENT') throw new Error('python3 is missing; on Debian: apt-get install python3 python3-requests');
  if (err.includes("No module named 'requests'"))
    throw new Error("Python's package requests is missing; on Debian: apt-get install python3-requests");
  if (!out.split('\n').includes(`App: My New App (${id})`) || code !== 0) {
    throw new Error(`it did not list the app ${id} (exit code ${code})\n${out}${err}`);
  }
}

const { values } = parseArgs({ options: { url: { type: 'string' }, key: { type: 'string' } } });
if (!values.url || !values.key) {
  console.error('Usage: node run-source-examples.mjs --url URL --key KEY');
  process.exit(2);
}

let passed = 0;
let failed = 0;
async function check(name, example) {
  try {
    const result = await example();
    passed += 1;
    console.log(`ok      ${name}`);
    return result;
  } catch (error) {
    failed += 1;
    // What an interpreter prints when it fails may quote the program it was given.
    console.log(`FAILED  ${name}: ${error.message.replaceAll(values.key, 'the key')}`);
    return undefined;
  }
}

const id = await check('Create an App (Node.js) prints the app as created', () => createApp(values));
await check('List All Apps (Python) lists the created app', () => listApps(values, id));
console.log(`${passed} passed, ${failed} failed`);
process.exitCode = failed === 0 ? 0 : 1;
