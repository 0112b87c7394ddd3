import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'node-html-parser';
import { describe, expect, inject, it } from 'vitest';

const siteDir = inject('siteDir');
const files = (readdirSync(siteDir, { recursive: true }) as string[]).map((name) => ({ name, path: join(siteDir, name) }));
const read = (ending: string) =>
  files.filter(({ name }) => name.endsWith(ending)).map(({ name, path }) => ({ name, text: readFileSync(path, 'utf8') }));

/** Everything that makes a browser load something without a click. */
const loading = ['script[src]', 'link[href]', 'img', 'source', 'iframe', 'object', 'embed', 'video', 'audio', 'track', 'input[src]', 'use'];

describe('the built site makes no request to another origin', () => {
  it.each(read('.html'))('in $name', ({ text }) => {
    const document = parse(text);
    const addresses = document
      .querySelectorAll(loading.join(','))
      .flatMap((element) => ['src', 'href', 'srcset', 'data', 'poster'].flatMap((name) => element.getAttribute(name) ?? []));
    expect(addresses.filter((address) => !/^(\/(?!\/)|data:image\/)/.test(address))).toEqual([]);
    expect(document.querySelectorAll('base, meta[http-equiv=refresh], link[rel=preconnect], link[rel=dns-prefetch]')).toEqual([]);
  });

  it.each([...read('.css'), ...read('.html')])('in the styles of $name', ({ name, text }) => {
    const styles = name.endsWith('.css')
      ? text
      : parse(text)
          .querySelectorAll('style')
          .map((style) => style.text)
          .join('\n');
    const addresses = [...styles.matchAll(/url\(\s*(["']?)(.*?)\1\s*\)/g)].map((match) => match[2] ?? '');
    expect(addresses.filter((address) => !/^(\/(?!\/)|data:image\/|#)/.test(address))).toEqual([]);
    expect(styles).not.toMatch(/@import/);
  });

  it.each(read('.js'))('nor names a place that scripts, fonts or telemetry come from, in $name', ({ text }) => {
    const hosts = [...text.matchAll(/https?:\/\/([a-z0-9.-]+)/gi)].map((match) => match[1] ?? '');
    expect(hosts.filter((host) => /cdn|otel|telemetry|analytics|fonts|unpkg|jsdelivr|sentry|segment/i.test(host))).toEqual([]);
  });

  it('for Swagger UI to check the contract, which its default would', () => {
    expect(readFileSync(join(siteDir, 'docs/swagger-initializer.js'), 'utf8')).toContain('validatorUrl: null');
  });

  it('for Redoc to report its use, which its default would', () => {
    expect(readFileSync(join(siteDir, 'redoc/redoc.js'), 'utf8')).toContain('"disableTelemetry":true');
  });
});

describe('the built site runs under its Content-Security-Policy', () => {
  it.each(read('.html'))('without inline scripts and handlers in $name', ({ text }) => {
    const document = parse(text);
    expect(document.querySelectorAll('script').filter((script) => !script.hasAttribute('src'))).toEqual([]);
    const handlers = document
      .querySelectorAll('*')
      .flatMap(({ attributes }) => Object.keys(attributes).filter((name) => /^on/i.test(name)));
    expect(handlers).toEqual([]);
    expect(document.querySelectorAll('a[href^="javascript:"]')).toEqual([]);
  });
});
