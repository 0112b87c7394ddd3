import { expect, it } from 'vitest';
import { releaseProblems } from './release-contract.mjs';
import { readPresent } from './released-contract.mjs';

const released = await readPresent();

/** The released contract under another version, changed. */
function later(version, change = () => {}) {
  const contract = structuredClone(released);
  contract.info.version = version;
  change(contract);
  return contract;
}
const { version } = released.info;
const [major, minor, patch] = version.split('.').map(Number);

it('the first release, and the same one again, are fine', async () => {
  expect(await releaseProblems(undefined, released)).toEqual([]);
  expect(await releaseProblems(released, later(version))).toEqual([]);
});

it('a released version never gets another contract', async () => {
  const changed = later(version, ({ paths }) => Object.assign(paths['/v1/apps'].get, { summary: 'List all apps' }));
  expect(await releaseProblems(released, changed)).toEqual([expect.stringContaining(`${version} is released already`)]);
});

it('a breaking change is released only under a version that announces it', async () => {
  const remove = ({ paths }) => delete paths['/v1/apps'].post;
  expect(await releaseProblems(released, later(`${major}.${minor}.${patch + 1}`, remove))).toEqual([
    expect.stringContaining('does not announce: Operation `POST /v1/apps` was removed.'),
  ]);
  expect(await releaseProblems(released, later(`${major + 1}.0.0`, remove))).toEqual([]);
});
