/**
 * Something that PostgreSQL accepts and Redshift does not. A rule is data: what it looks like, what a client
 * is told, and examples that its spec runs.
 */
export type LintRule = {
  /** also the name of its test */
  readonly name: string;
  /** of which statements; anchored. Default: of all */
  readonly within?: RegExp;
  /**
   * Over a statement in one spelling (sql/canonical.ts). The error is shown where the match begins, or its
   * group `here`, which needs the flag d. It may look back for a few words only: an INSERT of a thousand
   * rows is searched from its first to its last word.
   */
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
