import { defineProblems } from '../../http/problem.ts';

export const eventProblems = defineProblems({
  too_many_streams: { status: 503, title: 'Too many streams' },
});
