import { httpProblems } from './http-problems.ts';

/** The strong validator of a version of a resource. */
export function etagOf(version: number): string {
  return `"${version}"`;
}

/** 412 unless `If-Match` (RFC 9110 13.1.1) is absent, `*`, or lists this version. Weak validators never match. */
export function requireMatch(ifMatch: string | undefined, version: number): void {
  if (ifMatch === undefined || ifMatch.trim() === '*') return;
  const listed = ifMatch.split(',').map((tag) => tag.trim());
  if (!listed.includes(etagOf(version))) throw httpProblems.precondition_failed('The resource has changed; read it again');
}
