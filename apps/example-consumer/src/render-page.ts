import type { App } from '@appstead/client';

/** The list of apps and the form that creates one. */
export function renderPage(apps: App[]): string {
  const items = apps.map(({ name, platform, environment }) => `<li>${escapeHtml(`${name} (${platform}, ${environment})`)}</li>`);
  return renderDocument(`<h1>Apps</h1>
<ul>${items.join('')}</ul>
<form method="post" action="/apps"><label>Name <input name="name" required maxlength="100"></label> <button>Create</button></form>`);
}

export function renderMessage(message: string): string {
  return renderDocument(`<p>${escapeHtml(message)}</p>\n<p><a href="/">Back</a></p>`);
}

function renderDocument(body: string): string {
  return `<!doctype html>\n<html lang="en">\n<meta charset="utf-8">\n<title>Apps</title>\n${body}\n</html>\n`;
}

function escapeHtml(text: string): string {
  const entities: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' };
  return text.replace(/[&<>"']/g, (character) => entities[character] ?? character);
}
