import type { Handlers } from '../../http/context.ts';
import type { Sessions } from './sessions.ts';

export function signingKeyHandlers({ sessions }: { sessions: Sessions }): Handlers<'getJwks'> {
  return {
    async getJwks() {
      const published = await sessions.publishedKeys();
      const keys = published.map(({ kid, jwk }) => ({
        ...({ kty: 'OKP', crv: 'Ed25519', kid, use: 'sig', alg: 'EdDSA' } as const),
        x: jwk.x ?? '',
      }));
      return { status: 200, body: { keys } };
    },
  };
}
