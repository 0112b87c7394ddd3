/** Rows that one statement works on: about a second of it, far below the time limit of a statement. */
export const statementRows = 10_000;

/**
 * Repeats a statement that works on at most `rowsMax` rows, and not on the same ones again, until none is left; how many those were in all. For
 * what has to happen in one transaction to the events of one person, of whom there may be millions. Not until fewer are left than it may take:
 * retention removes some of them meanwhile.
 */
export async function inStatements(run: (rowsMax: number) => Promise<number>): Promise<number> {
  for (let total = 0; ; ) {
    const rows = await run(statementRows);
    if (rows === 0) return total;
    total += rows;
  }
}
