/** Redshift's COPY as data: the golden vectors of reference/redshift-copy.md §8. No dependency, no I/O. */
export { copySql, createTableSql, selectSql } from './statements.ts';
export * from './vector.ts';
export { VECTORS } from './vectors/vectors.ts';
