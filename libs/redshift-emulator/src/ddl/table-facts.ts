/** What Redshift knows of a table and PostgreSQL does not. */
export type ColumnFacts = {
  distkey?: boolean;
  /** from 1 in the order of the key; negative in an interleaved one, as pg_table_def has it */
  sortkey?: number;
  encoding?: string;
};

export type KeyFacts = {
  readonly name: string | undefined;
  readonly kind: 'p' | 'u' | 'f';
  readonly columns: readonly string[];
  /** the table that a foreign key points to, quoted */
  readonly to?: string;
  readonly toColumns?: readonly string[];
};

/** Collected while a CREATE TABLE is read. */
export class TableFacts {
  diststyle: string | undefined;
  sortstyle: string | undefined;
  /** the parent of LIKE, quoted */
  like: string | undefined;
  readonly columns = new Map<string, ColumnFacts>();
  readonly keys: KeyFacts[] = [];

  column(name: string): ColumnFacts {
    const known = this.columns.get(name) ?? {};
    this.columns.set(name, known);
    return known;
  }

  setSortKey(style: 'COMPOUND' | 'INTERLEAVED', names: readonly string[]): void {
    this.sortstyle = style;
    names.forEach((name, i) => {
      const sign = style === 'INTERLEAVED' && i % 2 === 1 ? -1 : 1;
      this.column(name).sortkey = sign * (i + 1);
    });
  }

  setDistKey(name: string): void {
    this.diststyle = 'KEY';
    this.column(name).distkey = true;
  }

  toJson(): string {
    const { diststyle, sortstyle } = this;
    return JSON.stringify({ diststyle, sortstyle, columns: Object.fromEntries(this.columns) });
  }
}

/** Where nobody gave a name, as PostgreSQL makes one. */
export function keyName(table: string, { name, kind, columns }: KeyFacts): string {
  if (name !== undefined) return name;
  if (kind === 'p') return `${table}_pkey`;
  return `${table}_${columns.join('_')}_${kind === 'u' ? 'key' : 'fkey'}`;
}
