import { pathToFileURL } from 'node:url';

/** Whether a script was started by itself rather than imported; pass its `import.meta.url`. */
export function isMain(url) {
  return process.argv[1] !== undefined && url === pathToFileURL(process.argv[1]).href;
}
