/**
 * Something that PostgreSQL accepts and Redshift does not. A rule is data: what it looks like, what a client
 * is told, and examples that its spec runs.
 */
export type LintRule = {
  /** also the name of its test */
  readonly name: string;
  /** over a statement in one spelling (sql/canonical.ts); the match begins where the error is shown */
  readonly pattern: RegExp;
  /** 42601: Redshift cannot read it; 0A000: it says that it does not have it; 42883, 42704: unknown */
  readonly sqlState: '42601' | '0A000' | '42883' | '42704' | '42703';
  /** a sentence; `$1` is the first group of the match */
  readonly message: string;
  /** what to write instead */
  readonly hint?: string;
  /** true: queries of the catalog alone run on the leader node, which is a PostgreSQL in this respect */
  readonly notOnCatalog?: true;
  readonly refused: readonly [string, ...string[]];
  /** what looks alike and is fine */
  readonly allowed?: readonly string[];
};
