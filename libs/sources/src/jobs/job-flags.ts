/** The flags of s3-to-redshift as data: parsing, help and docs derive from it. */

export type JobFlag = {
  /** `yes-or-no`: may stand alone */
  readonly takes: 'text' | 'yes-or-no';
  readonly default: string;
  readonly description: string;
};

export const JOB_FLAGS = {
  schema: { takes: 'text', default: 'mongo_raw', description: 'The schema of the tables.' },
  tables: { takes: 'text', default: 'required', description: 'The tables, separated by commas.' },
  bucket: { takes: 'text', default: 'required', description: 'The bucket with the files.' },
  date: {
    takes: 'text',
    default: "the newest in the files' names",
    description: 'The data date, as RFC 3339: 2015-07-01T00:00:00Z.',
  },
  config: {
    takes: 'text',
    default: 'the file beside the data',
    description: 'The config YAML: s3://bucket/key, or a path where the command runs.',
  },
  truncate: { takes: 'yes-or-no', default: 'false', description: 'Empty the table first.' },
  force: {
    takes: 'yes-or-no',
    default: 'false',
    description: 'Let older data in, and load again what is loaded already.',
  },
  gzip: {
    takes: 'yes-or-no',
    default: 'true, except for a file that ends in .json',
    description: 'Whether the files are compressed.',
  },
  delimiter: { takes: 'text', default: 'none: JSON', description: 'The delimiter of delimited files.' },
  granularity: {
    takes: 'text',
    default: 'day',
    description: 'Which rows give way: those of the `hour` or `day` of the date, or of a `stream` range.',
  },
  streamStart: {
    takes: 'text',
    default: 'none',
    description: 'With stream: the first moment that gives way, 2006-01-02T15:04:05 in the time zone.',
  },
  streamEnd: {
    takes: 'text',
    default: 'none',
    description: 'With stream: where that ends. Equal to streamStart: nothing gives way.',
  },
  timezone: {
    takes: 'text',
    default: 'UTC',
    description: "The IANA time zone of the table's timestamps.",
  },
  skipLoad: { takes: 'yes-or-no', default: 'false', description: 'Check everything, load nothing.' },
  warehouse: {
    takes: 'text',
    default: 'the only one that is configured',
    description: 'The configured warehouse.',
  },
} as const satisfies Readonly<Record<string, JobFlag>>;

export type JobFlagName = keyof typeof JOB_FLAGS;

/** By every spelling: `streamStart`, `stream-start` and `streamstart` are one flag. */
const NAMES: ReadonlyMap<string, JobFlagName> = new Map(
  parseNames().flatMap((name) =>
    [name, kebab(name), name.toLowerCase()].map((word) => [word, name] as const),
  ),
);

/** The names of the table above, which Object.keys forgets. */
function parseNames(): JobFlagName[] {
  return Object.keys(JOB_FLAGS) as JobFlagName[];
}

export function jobFlagNamed(word: string): JobFlagName | undefined {
  return NAMES.get(word);
}

export function jobFlagNames(): readonly string[] {
  return Object.keys(JOB_FLAGS);
}

function kebab(name: string): string {
  return name.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
}

/** What each flag was given; one that stands alone is `true`. */
export type GivenFlags = ReadonlyMap<JobFlagName, string>;
