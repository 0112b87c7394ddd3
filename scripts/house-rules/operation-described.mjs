import { eachOperation } from './each-operation.mjs';

/**
 * An operation has one tag, a summary in sentence case without a full stop, and a description.
 * `properNouns` (redocly.yaml) lists the words that may be capitalized inside a summary.
 */
export const OperationDescribed = ({ properNouns = [] }) =>
  eachOperation(({ operation }, ctx) => {
    const report = (message, key) => ctx.report({ message, location: key in operation ? ctx.location.child(key) : ctx.location });
    if (operation.tags?.length !== 1) report('An operation has exactly one tag.', 'tags');
    if (!operation.description?.trim()) report('An operation has a description.', 'description');
    const summary = operation.summary?.trim();
    if (!summary) return report('An operation has a summary.', 'summary');
    if (summary.endsWith('.')) report('A summary ends without a full stop.', 'summary');
    const [first, ...rest] = summary.split(/\s+/);
    if (!/^[A-Z]/.test(first)) report('A summary begins with a capital letter.', 'summary');
    for (const word of rest.map((one) => one.replace(/[^A-Za-z]+$/, ''))) {
      if (/^[A-Z][a-z]+$/.test(word) && !properNouns.includes(word)) report(`A summary is in sentence case: "${word}".`, 'summary');
    }
  });
