import { execFile } from 'node:child_process';
import { copyFile, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { type Page, renderTool } from './page.ts';
import { separateRedoc } from './separate-redoc.ts';

const root = fileURLToPath(new URL('../../..', import.meta.url));
const assetsDir = fileURLToPath(new URL('../assets', import.meta.url));
const redocly = join(dirname(createRequire(import.meta.url).resolve('@redocly/cli/package.json')), 'bin/cli.js');

/** The height of the header in px, the same as `--header-height` in frame.css; Redoc keeps its own sticky parts below it. */
const headerHeightPx = 56;

/** Without `downloadUrls`, because with them Redoc also offers to send the contract to services elsewhere. */
const options = { scrollYOffset: headerHeightPx };

const template: Page = {
  path: '/redoc/',
  title: 'Reference',
  description: 'Every operation of the Appstead API with its parameters, bodies, answers and examples.',
  head: '{{{redocHead}}}\n<link rel="stylesheet" href="/redoc/redoc-page.css">',
  body: '<div id="content" tabindex="-1">{{{redocHTML}}}</div>',
};

/** Writes Redoc into `siteDir`/redoc: the page, its program, its font and its logo, each a file of its own. */
export async function buildRedoc(siteDir: string): Promise<void> {
  const target = join(siteDir, 'redoc');
  await mkdir(target, { recursive: true });
  const files = separateRedoc(await buildDocs());
  await Promise.all([
    ...Object.entries(files).map(([name, content]) => writeFile(join(target, name), content)),
    ...['redoc-logo.svg', 'redoc-page.css'].map((file) => copyFile(join(assetsDir, file), join(target, file))),
  ]);
}

/** The page as the Redocly CLI makes it, program and all in one. */
async function buildDocs(): Promise<string> {
  const work = await mkdtemp(join(tmpdir(), 'appstead-redoc-'));
  try {
    await writeFile(join(work, 'template.hbs'), renderTool(template));
    const args = ['build-docs', 'openapi.yaml', '--inlineBundle', '-t', join(work, 'template.hbs'), '-o', join(work, 'index.html')];
    await promisify(execFile)(process.execPath, [redocly, ...args, '--openapi', JSON.stringify(options)], {
      cwd: root,
      env: { ...process.env, REDOCLY_TELEMETRY: 'off', REDOCLY_SUPPRESS_UPDATE_NOTICE: 'true' },
    });
    return await readFile(join(work, 'index.html'), 'utf8');
  } finally {
    await rm(work, { recursive: true });
  }
}
