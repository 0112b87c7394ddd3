// A thread that turns one HTML document into text and ends. Plain JavaScript beside `src` and `dist`, so that both start the same file.
import { parentPort, workerData } from 'node:worker_threads';
import { convert } from 'html-to-text';

// What is not read by people, and what every page of a site repeats.
const skipped = [
  ...[
    'script',
    'style',
    'noscript',
    'template',
    'svg',
    'iframe',
    'object',
    'nav',
    'footer',
    'form',
    'select',
    'button',
    'img',
    'link',
    'meta',
  ],
  ...['[hidden]', '[aria-hidden="true"]'],
];

const block = (text) => (element, walk, builder) => {
  builder.openBlock({ leadingLineBreaks: 2 });
  text(element, walk, builder);
  builder.closeBlock({ trailingLineBreaks: 2 });
};

const text = convert(workerData, {
  wordwrap: false,
  baseElements: { selectors: ['html'], returnDomByDefault: true },
  limits: { maxInputLength: workerData.length, maxDepth: 200 },
  formatters: {
    content: block((element, _walk, builder) => builder.addInline(element.attribs.content ?? '')),
    title: block((element, walk, builder) => walk(element.children, builder)),
  },
  selectors: [
    ...skipped.map((selector) => ({ selector, format: 'skip' })),
    { selector: 'title', format: 'title' },
    { selector: 'meta[name="description"]', format: 'content' },
    { selector: 'a', options: { ignoreHref: true } },
    ...['td', 'th', 'dt', 'dd'].map((selector) => ({ selector, format: 'block' })),
    ...['h1', 'h2', 'h3', 'h4', 'h5', 'h6'].map((selector) => ({ selector, options: { uppercase: false } })),
  ],
});
parentPort.postMessage(text);
