import { expect, it } from 'vitest';
import { codesDeclaredIn, differences } from './check-problems.mjs';

const source = `
export function defineProblems(declared) {}
export const appProblems = defineProblems({
  app_not_found: { status: 404, title: 'App not found' }, // not_a_code: { status: 400 }
  'bundle_id_taken': { status: 409, title: 'Bundle id taken' },
});
const other = somethingElse({ no_problem: 1 });
`;

it('reads the codes a source declares, and nothing else', () => {
  expect(codesDeclaredIn(source)).toEqual(['app_not_found', 'bundle_id_taken']);
});

it('passes when contract, server and pages name the same codes, in any order', () => {
  expect(differences({ contract: ['a', 'b'], server: ['b', 'a'], pages: ['a', 'b'] })).toEqual([]);
});

it('names the place where a code is missing', () => {
  expect(differences({ contract: ['a', 'b'], server: ['a', 'c'], pages: ['a', 'b', 'c'] })).toEqual([
    'c is missing in ProblemCode of openapi.yaml',
    'b is missing in defineProblems of packages/server/src',
  ]);
});

it('refuses a code that two features declare', () => {
  expect(differences({ contract: ['a'], server: ['a', 'a'], pages: ['a'] })).toEqual(['a is declared twice in packages/server/src']);
});
