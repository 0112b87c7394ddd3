/** Run by the build script of this package, in dist: compiles the validators of the lanes into the file that a start looks for. */
import { writeFileSync } from 'node:fs';
import { readDocument } from '@appstead/contract/document';
import { indexContract } from './contract-index.ts';
import { partsSource } from './lane-compiler.ts';

const document = readDocument();
writeFileSync(new URL('./built-parts.js', import.meta.url), partsSource(document, indexContract(document)));
