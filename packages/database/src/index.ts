export type { Database, Queryable, Result, Statement, Transaction } from './database.ts';
export { DatabaseError, DatabaseUnavailable, isUniqueViolation } from './database-errors.ts';
export { type DatabaseOptions, openDatabase } from './open-database.ts';
export { lookUp, tenantSelect } from './tenant-select.ts';
