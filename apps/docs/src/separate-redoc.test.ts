import { describe, expect, it } from 'vitest';
import { separateRedoc } from './separate-redoc.ts';

const font = 'data:application/font-woff;base64,d09GRg==';
const addresses =
  'https://cdn.redoc.ly/redoc/logo-mini-full.svg https://cdn.redoc.ly/redoc/logo-mini.svg https://cdn.redocly.com/icons/fa https://otel.cloud.redocly.com/v1';
const page = ({ telemetry = true, extra = '', hosts = addresses } = {}) =>
  `<style>src:url(${font})</style>${extra}<a href="/apps" data-discover="true"></a><script>mode()</script><script type="module">f('${font} ${hosts}');o={"disableTelemetry":${telemetry}}</script>`;

describe('separateRedoc', () => {
  it('moves scripts and font to files, puts own paths for foreign ones, and links to sections of the page', () => {
    expect(separateRedoc(page())).toEqual({
      'index.html':
        '<style>src:url(/redoc/redoc.woff)</style><a href="#/apps" data-discover="true"></a><script src="/redoc/color-mode.js"></script><script type="module" src="/redoc/redoc.js"></script>',
      'redoc.js': `f('/redoc/redoc.woff /redoc/redoc-logo.svg /redoc/redoc-logo.svg /redoc/icons/fa /redoc/telemetry-is-off/v1');o={"disableTelemetry":true}`,
      'color-mode.js': 'mode()',
      'redoc.woff': Buffer.from('wOFF'),
    });
  });

  it.each([
    ['telemetry is on', { telemetry: false }, /telemetry on/],
    ['there is another inline script', { extra: '<script>more()</script>' }, /another inline script or font/],
    ['there is another font', { extra: '<style>url(data:application/font-woff;base64,AAAA)</style>' }, /another inline script or font/],
    ['a foreign address is gone, so that it may have moved', { hosts: '' }, /no longer mentions/],
  ])('refuses a page when %s', (_name, change, message) => {
    expect(() => separateRedoc(page(change))).toThrow(message);
  });
});
