import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import ts from 'typescript';
import { expect, it } from 'vitest';

const folder = fileURLToPath(new URL('..', import.meta.url));
const repository = fileURLToPath(new URL('../../..', import.meta.url));

/** What the compiler says of each example of a README, as if it were a file of the package. */
function compile(examples: string[]): string[] {
  const { options } = ts.parseJsonConfigFileContent(ts.readConfigFile(`${folder}tsconfig.json`, ts.sys.readFile).config, ts.sys, folder);
  const files = new Map(examples.map((text, index) => [`${folder}readme-example-${index + 1}.ts`, text]));
  const compilerOptions = { ...options, rootDir: repository, composite: false, noEmit: true, noUnusedLocals: false };
  const host = ts.createCompilerHost(compilerOptions);
  const { readFile: read, fileExists } = host;
  host.readFile = (path) => files.get(path) ?? read(path);
  host.fileExists = (path) => files.has(path) || fileExists(path);
  host.getSourceFile = (path, target) => ts.createSourceFile(path, host.readFile(path) ?? '', target);
  const program = ts.createProgram([...files.keys()], compilerOptions, host);
  return ts
    .getPreEmitDiagnostics(program)
    .map(({ file, messageText }) => `${file?.fileName.replace(folder, '')}: ${ts.flattenDiagnosticMessageText(messageText, '\n')}`);
}

it('shows only examples that compile', { timeout: 30_000 }, async () => {
  const readme = await readFile(`${folder}README.md`, 'utf8');
  const blocks = (pattern: RegExp) => [...readme.matchAll(pattern)].map(([, text = '']) => text);
  const scripts = blocks(/^<script type="module">\n(.*?)^<\/script>$/gms).map((text) =>
    text.replace('/tracker.min.js', '@appstead/tracker'),
  );
  const examples = [...blocks(/^```ts\n(.*?)^```$/gms), ...scripts];
  expect(scripts).toHaveLength(1);
  expect(examples.length).toBeGreaterThan(3);
  const broken = "import { createTracker } from '@appstead/tracker';\ncreateTracker({});\n";
  // The broken one proves that examples are checked at all.
  expect(compile([...examples, broken])).toEqual([expect.stringContaining(`readme-example-${examples.length + 1}.ts: `)]);
});

it('names every code of the tracker', async () => {
  const readme = await readFile(`${folder}README.md`, 'utf8');
  const sources = await Promise.all(['create-tracker', 'sender'].map((name) => readFile(`${folder}src/${name}.ts`, 'utf8')));
  const codes = sources.flatMap((text) => [...text.matchAll(/(?:lose\(|code: |: )'([a-z]+_[a-z_]+|closed)'/g)].map(([, code]) => code));
  expect(new Set(codes).size).toBeGreaterThan(6);
  expect(codes.filter((code) => !readme.includes(`\`${code}\``))).toEqual([]);
});
