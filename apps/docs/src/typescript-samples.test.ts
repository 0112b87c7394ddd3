import { fileURLToPath } from 'node:url';
import ts from 'typescript';
import { describe, expect, it } from 'vitest';
import { guidesDir, readGuides } from './guides.ts';
import { codeBlocks } from './markdown.ts';

const baseConfig = fileURLToPath(new URL('../../../tsconfig.base.json', import.meta.url));

/** The blocks of a guide are one module: a later one may use what an earlier one has declared. */
const modules = (await readGuides())
  .map(({ name, markdown }) => ({ name, file: `${guidesDir}/${name}.ts`, text: codeBlocks(markdown, 'ts').join('\n\n') }))
  .filter(({ text }) => text !== '');

function compilerOptions(): ts.CompilerOptions {
  const { config } = ts.readConfigFile(baseConfig, ts.sys.readFile);
  const { options } = ts.convertCompilerOptionsFromJson(config.compilerOptions, guidesDir);
  // A sample may import a name again that an earlier one imported, and show a value without using it.
  return { ...options, composite: false, incremental: false, declaration: false, declarationMap: false, noEmit: true };
}

/** What the compiler finds wrong with the modules, by file, without writing them to the disk. */
function compile(): Map<string, string[]> {
  const options = compilerOptions();
  const host = ts.createCompilerHost(options);
  const texts = new Map(modules.map(({ file, text }) => [file, text]));
  const { fileExists, readFile } = host;
  host.fileExists = (file) => texts.has(file) || fileExists(file);
  host.readFile = (file) => texts.get(file) ?? readFile(file);
  const program = ts.createProgram([...texts.keys()], options, host);
  const faults = new Map<string, string[]>();
  for (const diagnostic of ts.getPreEmitDiagnostics(program)) {
    const file = diagnostic.file?.fileName ?? '';
    // Faults of the packages themselves are for their own build to tell.
    if (diagnostic.file && !texts.has(file)) continue;
    const line = diagnostic.file ? diagnostic.file.text.slice(0, diagnostic.start ?? 0).split('\n').length : 0;
    const message = `${line}: ${ts.flattenDiagnosticMessageText(diagnostic.messageText, '\n')}`;
    faults.set(file, [...(faults.get(file) ?? []), message]);
  }
  return faults;
}

describe('the TypeScript samples of the guides', () => {
  const faults = compile();

  it.each(modules)('of $name compile against the client', ({ file }) => {
    expect(faults.get(file) ?? []).toEqual([]);
  });

  it('are there, and the compiler could be asked', () => {
    expect(modules.length).toBeGreaterThan(4);
    expect(faults.get('') ?? []).toEqual([]);
  });
});
