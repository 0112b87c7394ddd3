/**
 * One list of problem codes: the enum ProblemCode of the contract, what the server declares with `defineProblems`, and the pages of the docs.
 * A code that callers read but nobody explains, or that nobody can send, is found here.
 */
import { readdir, readFile } from 'node:fs/promises';
import ts from 'typescript';
import { isMain } from './is-main.mjs';
import { root } from './progress.mjs';
import { readPresent } from './released-contract.mjs';
import { reportProblems } from './report-problems.mjs';

/** The codes that a TypeScript source declares: the keys of the object given to `defineProblems`. */
export function codesDeclaredIn(source) {
  const codes = [];
  const visit = (node) => {
    if (ts.isCallExpression(node) && node.expression.getText() === 'defineProblems' && ts.isObjectLiteralExpression(node.arguments[0])) {
      codes.push(...node.arguments[0].properties.map(({ name }) => name.text));
    }
    ts.forEachChild(node, visit);
  };
  visit(ts.createSourceFile('problems.ts', source, ts.ScriptTarget.Latest, true));
  return codes;
}

/** @returns {string[]} where the three lists differ, and the codes that are declared twice */
export function differences({ contract, server, pages }) {
  const missing = (codes, list, place) => codes.filter((code) => !list.includes(code)).map((code) => `${code} is missing in ${place}`);
  const all = [...new Set([...contract, ...server, ...pages])].sort();
  return [
    ...missing(all, contract, 'ProblemCode of openapi.yaml'),
    ...missing(all, server, 'defineProblems of packages/server/src'),
    ...missing(all, pages, 'apps/docs/problems'),
    ...server.filter((code, index) => server.indexOf(code) !== index).map((code) => `${code} is declared twice in packages/server/src`),
  ];
}

async function declaredByServer() {
  const folder = `${root}packages/server/src/`;
  const files = (await readdir(folder, { recursive: true })).filter((file) => file.endsWith('.ts') && !file.endsWith('.test.ts'));
  const sources = await Promise.all(files.map((file) => readFile(folder + file, 'utf8')));
  return sources.filter((source) => source.includes('defineProblems')).flatMap(codesDeclaredIn);
}

async function explainedInDocs() {
  const files = await readdir(`${root}apps/docs/problems`);
  return files.filter((file) => file.endsWith('.md')).map((file) => file.slice(0, -'.md'.length));
}

if (isMain(import.meta.url)) {
  const [{ components }, server, pages] = await Promise.all([readPresent(), declaredByServer(), explainedInDocs()]);
  const contract = components.schemas.ProblemCode.enum;
  reportProblems(differences({ contract, server, pages }), `${contract.length} problem codes`);
}
