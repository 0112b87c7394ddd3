import type { Role } from '../../principal.ts';
import type { Message } from '../messages/outbox.ts';

type Facts = { to: string; role: Role; token: string; inviter: string; organization: string; publicUrl: string };

/** What an invited person is written. Names are others' words: they get one line and no more. */
export function invitationMessage({ to, role, token, inviter, organization, publicUrl }: Facts): Message {
  const article = role === 'member' || role === 'developer' ? 'a' : 'an';
  return {
    to,
    subject: `You are invited to ${oneLine(organization)}`,
    text: `${oneLine(inviter)} invites you to ${oneLine(organization)} as ${article} ${role}.

Accept within 7 days, with this token and the address this was sent to:

${token}

  POST ${publicUrl}/v1/invitations/accept
  {"token": "${token}",
   "email": "${to}",
   "name": "your name",
   "password": "at least 10 characters"}

The token works once. If you do not know what this is about, do nothing.
`,
    // Whoever reads the token can accept in place of the invited person.
    leastRole: role === 'owner' ? 'owner' : 'admin',
  };
}

function oneLine(name: string): string {
  return name.replaceAll(/\s+/g, ' ').trim();
}
