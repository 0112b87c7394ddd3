export { formats } from './formats.ts';
export type { AuditedOperationId, OperationId } from './generated/operations.ts';
export type * from './generated/types.ts';
export type { AuditNote, Call, Handler, Handlers, Reply } from './operation.ts';
