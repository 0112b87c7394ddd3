/** What Redoc would load from its maker's servers, and what stands there instead. */
const foreign = {
  'https://cdn.redoc.ly/redoc/logo-mini-full.svg': '/redoc/redoc-logo.svg',
  'https://cdn.redoc.ly/redoc/logo-mini.svg': '/redoc/redoc-logo.svg',
  'https://cdn.redocly.com/icons/': '/redoc/icons/',
  'https://otel.cloud.redocly.com/': '/redoc/telemetry-is-off/',
};

const programPattern = /<script type="module">(.*)<\/script>/s;
const colorModePattern = /<script>((?:(?!<\/script>).)*)<\/script>/s;
const fontPattern = /data:application\/font-woff;base64,([A-Za-z0-9+/=]+)/;

/**
 * Takes the one file that the Redocly CLI makes apart, by name: the page, its scripts and its font. A page with inline scripts or
 * a `data:` font would need exceptions in the Content-Security-Policy. Throws when the page is not as expected, so that another
 * version of the CLI is looked at before it is published.
 */
export function separateRedoc(html: string): Record<string, string | Buffer> {
  if (!html.includes('"disableTelemetry":true')) throw new Error('Redoc was built with telemetry on');
  const font = capture(html, fontPattern);
  const local = localize(html.replaceAll(`data:application/font-woff;base64,${font}`, '/redoc/redoc.woff'));
  const program = capture(local, programPattern);
  const withoutProgram = local.replace(programPattern, '<script type="module" src="/redoc/redoc.js"></script>');
  const colorMode = capture(withoutProgram, colorModePattern);
  const page = withoutProgram
    .replace(colorModePattern, '<script src="/redoc/color-mode.js"></script>')
    // As Redoc itself writes them in the browser, where its sections are fragments of this page.
    .replaceAll(/href="(\/[^"]*)" data-discover/g, 'href="#$1" data-discover');
  if (colorModePattern.test(page) || fontPattern.test(local)) throw new Error('Redoc has another inline script or font');
  return { 'index.html': page, 'redoc.js': program, 'color-mode.js': colorMode, 'redoc.woff': Buffer.from(font, 'base64') };
}

function capture(text: string, pattern: RegExp): string {
  const found = pattern.exec(text)?.[1];
  if (found === undefined) throw new Error(`Redoc's page has nothing like ${pattern}`);
  return found;
}

function localize(html: string): string {
  return Object.entries(foreign).reduce((text, [address, path]) => {
    if (!text.includes(address)) throw new Error(`Redoc no longer mentions ${address}`);
    return text.replaceAll(address, path);
  }, html);
}
