import type { TableName, TokenCursor } from '../sql/token-cursor.ts';

/** One table and what is being read about it. */
export type Altered = { readonly name: TableName; readonly sql: string; readonly cursor: TokenCursor };
