import type { RejectedRow } from '#contracts';
import type { SideDoor } from '../session/side-door.ts';
import { literal, literalOrNull } from '../sql/quote.ts';
import type { Stage } from '../statements/plan.ts';
import type { CopyTarget } from './copy-target.ts';
import { redshiftReason } from './load-error-reason.ts';

/** How one file of a COPY went. */
export type FileOutcome = {
  readonly url: string;
  readonly rowsLoaded: number;
  readonly rejected: readonly RejectedRow[];
  readonly replacedChars: number;
};

type Load = {
  readonly queryId: number;
  readonly target: CopyTarget;
  readonly isJson: boolean;
  readonly stage: Stage;
};

/** Writes Redshift's tables about loads, beside the transaction of the client. */
export class LoadLog {
  readonly #side: SideDoor;
  readonly #load: Load;

  constructor(side: SideDoor, load: Load) {
    this.#side = side;
    this.#load = load;
  }

  /** @param outcome of the COPY: after a failure nothing more can be said in its transaction */
  async errors(rejected: readonly RejectedRow[], outcome: 'loaded' | 'failed'): Promise<void> {
    if (rejected.length === 0) return;
    const rows = rejected.map((row) => this.#errorRow(row)).join(', ');
    await this.#tell(
      'load_errors',
      `(query, session, tbl, filename, line_number, colname, type, col_length, raw_line, err_code,
         err_reason) values ${rows}`,
      outcome,
    );
  }

  async files(outcomes: readonly FileOutcome[]): Promise<void> {
    if (outcomes.length === 0) return;
    const { queryId, stage } = this.#load;
    const { who } = stage;
    const rows = outcomes.map(
      ({ url, rowsLoaded, rejected }) =>
        `(${queryId}, ${who.pid}, ${literal(url)}, ${rowsLoaded + rejected.length}, ${rejected.length})`,
    );
    await this.#tell(
      'load_commits',
      `(query, session, filename, lines_scanned, errors)
       values ${rows.join(', ')}`,
      'loaded',
    );
    await this.#replacements(outcomes.filter(({ replacedChars }) => replacedChars > 0));
  }

  /** The engine counts per file and does not say where. */
  async #replacements(outcomes: readonly FileOutcome[]): Promise<void> {
    if (outcomes.length === 0) return;
    const { queryId, stage, target } = this.#load;
    const { who } = stage;
    const rows = outcomes.map(({ url }) => `(${queryId}, ${who.pid}, ${target.oid}, ${literal(url)})`);
    await this.#run(
      `insert into redshift_emulator.replacements (query, session, tbl, filename) values ${rows.join(', ')}`,
    );
  }

  #errorRow(row: RejectedRow): string {
    const { queryId, stage, target, isJson } = this.#load;
    const column = target.columns.find(({ name }) => name === row.column);
    const [type, length] = shownType(column?.type ?? '');
    const cells = [
      literal(row.file),
      String(row.line),
      literalOrNull(row.column ?? ''),
      literal(type),
      literal(length),
      literal(row.raw ?? ''),
      String(row.copyError ?? UNKNOWN_PARSE_ERROR),
      literal(redshiftReason(row, isJson)),
    ];
    return `(${queryId}, ${stage.who.pid}, ${target.oid}, ${cells.join(', ')})`;
  }

  /** In a block also inside the transaction, which does not see what is written beside it. */
  async #tell(table: string, rows: string, outcome: 'loaded' | 'failed'): Promise<void> {
    const { stage } = this.#load;
    await this.#run(`insert into redshift_emulator.${table} ${rows}`);
    if (outcome === 'loaded' && stage.inBlock)
      await stage.run(`insert into redshift_emulator.${table}_inside ${rows}`);
  }

  async #run(sql: string): Promise<void> {
    await this.#side.run(this.#load.stage.who.database, sql);
  }
}

const UNKNOWN_PARSE_ERROR = 1200;

const SHORT_NAMES: Readonly<Record<string, string>> = {
  'character varying': 'varchar',
  character: 'char',
  integer: 'int4',
  bigint: 'int8',
  smallint: 'int2',
  real: 'float4',
  'double precision': 'float8',
  boolean: 'bool',
  'timestamp without time zone': 'timestamp',
  'timestamp with time zone': 'timestamptz',
};

/** As STL_LOAD_ERRORS shows a type: its short name, and its length or precision apart. */
function shownType(formatType: string): readonly [string, string] {
  const match = /^([^(]*)(?:\(([^)]*)\))?(.*)$/.exec(formatType);
  const name = `${match?.[1] ?? ''}${match?.[3] ?? ''}`;
  return [SHORT_NAMES[name] ?? name, match?.[2] ?? ''];
}
