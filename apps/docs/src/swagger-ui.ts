import { copyFile, mkdir } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Page } from './page.ts';

const packageDir = dirname(createRequire(import.meta.url).resolve('swagger-ui-dist/package.json'));
const assetsDir = fileURLToPath(new URL('../assets', import.meta.url));

/** What the page loads, and the licences that must travel with it. */
const distributed = ['swagger-ui.css', 'swagger-ui-bundle.js', 'swagger-ui-bundle.js.LICENSE.txt', 'LICENSE', 'NOTICE'];
const own = ['swagger-initializer.js', 'swagger-page.css'];

/** Copies Swagger UI into `siteDir`/docs. */
export async function copySwaggerUi(siteDir: string): Promise<void> {
  const target = join(siteDir, 'docs');
  await mkdir(target, { recursive: true });
  await Promise.all([
    ...distributed.map((file) => copyFile(join(packageDir, file), join(target, file))),
    ...own.map((file) => copyFile(join(assetsDir, file), join(target, file))),
  ]);
}

/** The page that runs Swagger UI. Its paths are absolute because the server shows it at a second address, `/api/v1/docs`. */
export const swaggerUiPage: Page = {
  path: '/docs/',
  title: 'Try it',
  description: 'Call the operations of this server from the browser, with Swagger UI.',
  head: `<link rel="stylesheet" href="/docs/swagger-ui.css">
<link rel="stylesheet" href="/docs/swagger-page.css">`,
  body: `<main id="content" tabindex="-1"><noscript><p>Swagger UI needs JavaScript; <a href="/redoc/">the reference</a> can be read without.</p></noscript></main>
<script src="/docs/swagger-ui-bundle.js"></script>
<script src="/docs/swagger-initializer.js"></script>`,
};
