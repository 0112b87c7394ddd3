import type { EventJudge } from './event-judge.ts';

let loaded: Promise<EventJudge> | undefined;

/** Loads and compiles what judges events, which no start has to wait for. Called after it, so that the first batch has not either. */
export function loadEventJudge(): Promise<EventJudge> {
  loaded ??= import('./event-judge.ts').then(({ createEventJudge }) => createEventJudge());
  return loaded;
}
