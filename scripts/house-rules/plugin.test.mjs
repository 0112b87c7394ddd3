import { readdirSync } from 'node:fs';
import { expect, it } from 'vitest';
import housePlugin, { rules } from './plugin.mjs';

const files = readdirSync(new URL('.', import.meta.url));
const shared = ['each-operation', 'each-request-parameter', 'each-request-schema', 'plugin'];
const ruleNames = files.filter((file) => /^[a-z-]+\.mjs$/.test(file)).map((file) => file.replace('.mjs', ''));

it('knows every rule of the folder, so that none is written and never applied', () => {
  expect(Object.keys(rules).sort()).toEqual(ruleNames.filter((name) => !shared.includes(name)).sort());
});

it('has a test beside every rule', () => {
  expect(files).toEqual(expect.arrayContaining(Object.keys(rules).map((name) => `${name}.test.mjs`)));
});

it('turns every rule on as an error', () => {
  const on = housePlugin().configs.all.rules;
  expect(on).toEqual(Object.fromEntries(Object.keys(rules).map((name) => [`house/${name}`, 'error'])));
});
