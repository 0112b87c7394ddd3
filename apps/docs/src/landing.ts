import { type Guide, guideList } from './guides.ts';
import { renderMarkdown } from './markdown.ts';
import type { Page } from './page.ts';

const text = `
Register the company's apps, give them keys, take in what they send, and see who changed what. One contract, \`openapi.yaml\`, says what the server
answers; the server, the client, the reference pages and the contract tests are made from it.

In a checkout, with Node.js 20.19 or later and nothing else, one command installs, builds and runs it, and the other tests all of it:

\`\`\`sh
npm start
npm test
\`\`\`

It keeps its data in an embedded database until you [point it at PostgreSQL](/guides/configuration/).
`;

/** The first page: what this is, how to start it, where to read on. */
export function landingPage(guides: Guide[]): Page {
  return {
    path: '/',
    title: "Appstead: the self-hosted control plane for a company's applications",
    description:
      'Register apps, give them keys, take in their events and see who changed what, through one OpenAPI contract that you run yourself.',
    body: `<div class="lead">
<h1>The control plane for your company’s applications</h1>
${renderMarkdown(text)}
<p class="actions"><a class="button" href="/guides/quick-start/">Quick start</a> <a href="/redoc/">Read the reference</a> <a href="/docs/">Try it in the browser</a></p>
</div>
<h2 id="guides">Guides</h2>
${guideList(guides)}`,
  };
}
