import { defineProblems } from '../http/problem.ts';

/** What keys of more than one kind can answer. */
const keyProblems = defineProblems({
  rotation_in_progress: { status: 409, title: 'Rotation in progress' },
});

/** Of each key two are live at most; `operationId` is the rotation that was refused. */
export function rotationInProgress(operationId: string) {
  return keyProblems.rotation_in_progress('An earlier rotation still overlaps; wait for its end, or rotate with overlap_hours 0', {
    currentState: 'overlapping',
    legalMoves: [`${operationId} with overlap_hours 0`],
  });
}
