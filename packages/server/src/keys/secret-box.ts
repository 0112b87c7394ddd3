import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';

/**
 * Encrypts what has to be read back: AES-256-GCM with a random 96-bit nonce, as `v1:<nonce>:<ciphertext and tag>` in base64url.
 * The place a text belongs to is authenticated with it, so that a row copied elsewhere does not open.
 */
export class SecretBox {
  constructor(private readonly key: Buffer) {
    if (key.length !== 32) throw new Error('the encryption key must have 32 bytes');
  }

  seal(text: string, place: string): string {
    const nonce = randomBytes(12);
    const cipher = createCipheriv('aes-256-gcm', this.key, nonce).setAAD(Buffer.from(place));
    const sealed = Buffer.concat([cipher.update(text, 'utf8'), cipher.final(), cipher.getAuthTag()]);
    return `v1:${nonce.toString('base64url')}:${sealed.toString('base64url')}`;
  }

  /** Throws when the text was made with another key, for another place, or was changed. */
  open(sealed: string, place: string): string {
    const [version, nonce, rest] = sealed.split(':');
    if (version !== 'v1' || nonce === undefined || rest === undefined) throw new Error('not a sealed text');
    const bytes = Buffer.from(rest, 'base64url');
    const decipher = createDecipheriv('aes-256-gcm', this.key, Buffer.from(nonce, 'base64url'), { authTagLength: 16 }).setAAD(
      Buffer.from(place),
    );
    decipher.setAuthTag(bytes.subarray(-16));
    return Buffer.concat([decipher.update(bytes.subarray(0, -16)), decipher.final()]).toString('utf8');
  }
}
