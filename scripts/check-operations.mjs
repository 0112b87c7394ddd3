/** docs/operations.md is what the contract says: a review of that page is a review of the surface. */
import { readFile } from 'node:fs/promises';
import { operationsOf, operationsTable } from './generate-operations.mjs';
import { readPresent } from './released-contract.mjs';
import { reportProblems } from './report-problems.mjs';

const contract = await readPresent();
const page = await readFile(new URL('../docs/operations.md', import.meta.url), 'utf8');
const isCurrent = page === operationsTable(contract);
reportProblems(isCurrent ? [] : ['docs/operations.md is stale: run npm run generate'], `${operationsOf(contract).length} operations`);
