import type { DocumentNode } from '#sources';
import type { Setting } from './setting.ts';

/** Where the reading of a file stands. */
export type FileReading = {
  readonly settings: Setting[];
  readonly problems: string[];
  readonly warnings: string[];
  /** `line 3, column 5` */
  readonly placeOf: (node: DocumentNode) => string;
};

export function refuse(reading: FileReading, node: DocumentNode, message: string): void {
  reading.problems.push(`${reading.placeOf(node)}: ${message}`);
}

export function keyText(key: DocumentNode): string {
  if (key.kind === 'keyword' || key.kind === 'symbol') return key.name;
  return key.kind === 'string' ? key.value : '';
}
