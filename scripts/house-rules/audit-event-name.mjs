import { eachOperation } from './each-operation.mjs';

const irregular = [
  'begun',
  'built',
  'done',
  'found',
  'given',
  'left',
  'lost',
  'made',
  'put',
  'read',
  'run',
  'seen',
  'sent',
  'set',
  'taken',
  'withdrawn',
];
const name = /^[a-z]+(_[a-z]+)*\.([a-z]+_)*([a-z]+)$/;

/** `x-audit` is `resource.verb_past`, in snake_case: it tells what has happened (`app.created`, `app.keys_rotated`). */
export const AuditEventName = () =>
  eachOperation(({ operation }, ctx) => {
    const event = operation['x-audit'];
    if (event === undefined || event === false) return;
    const [, , , verb] = name.exec(event) ?? [];
    if (verb && (verb.endsWith('ed') || irregular.includes(verb))) return;
    ctx.report({ message: `x-audit "${event}" must be resource.verb_past, such as app.created.`, location: ctx.location.child('x-audit') });
  });
