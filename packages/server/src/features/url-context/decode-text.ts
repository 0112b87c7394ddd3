import { TextDecoder } from 'node:util';

/** How far a declaration inside an HTML document is looked for, as browsers do. */
const declarationBytes = 1_024;

/**
 * The text of an answer. Its encoding is that of a byte order mark, else of the Content-Type, else of the document's own declaration, else
 * UTF-8. What cannot be decoded becomes U+FFFD.
 */
export function decodeText(bytes: Buffer, contentType: { charset: string | undefined; isHtml: boolean }): string {
  const label = markOf(bytes) ?? contentType.charset ?? (contentType.isHtml ? declaredIn(bytes) : undefined);
  return decoderFor(label).decode(bytes);
}

function markOf(bytes: Buffer): string | undefined {
  if (bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf) return 'utf-8';
  if (bytes[0] === 0xfe && bytes[1] === 0xff) return 'utf-16be';
  if (bytes[0] === 0xff && bytes[1] === 0xfe) return 'utf-16le';
  return undefined;
}

/** `<meta charset="…">`, or the charset of `<meta http-equiv="Content-Type" content="…">`. */
function declaredIn(bytes: Buffer): string | undefined {
  const start = bytes.subarray(0, declarationBytes).toString('latin1');
  const label = /<meta\b[^>]{0,200}?\bcharset\s*=\s*["']?\s*([\w-]{1,40})/i.exec(start)?.[1];
  // A document whose declaration could be read as ASCII is not in UTF-16, whatever it says.
  return label && /^utf-?16/i.test(label) ? 'utf-8' : label;
}

function decoderFor(label: string | undefined): TextDecoder {
  try {
    return new TextDecoder(label ?? 'utf-8');
  } catch {
    return new TextDecoder('utf-8');
  }
}
