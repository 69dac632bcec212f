/** One value on its way into the configuration, with where it came from. Later settings win. */
export type Setting = {
  /** e.g. `['s3', 'bucket']` or `['warehouses', 'main', 'url']` */
  readonly path: readonly string[];
  readonly value: unknown;
  /** `line 3, column 5`, or the name of an environment variable */
  readonly from: string;
};

export type Settings = {
  readonly settings: readonly Setting[];
  /** one sentence each, never with a value */
  readonly problems: readonly string[];
  readonly warnings: readonly string[];
};

export function dotted(path: readonly PropertyKey[]): string {
  return path.map(String).join('.');
}

/** `line 3, column 5: s3.bucket: …` */
export function problemAt(setting: Pick<Setting, 'from' | 'path'>, message: string): string {
  return `${setting.from}: ${dotted(setting.path)}: ${message}`;
}
