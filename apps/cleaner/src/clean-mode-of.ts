import type { Config } from '#config';
import { unreachable } from '#contracts';
import type { CleanMode } from './clean-one.ts';

export function cleanModeOf(options: Config['cleaner']): CleanMode {
  switch (options.mode) {
    case 'archive':
      return { kind: 'archive', prefix: options.archivePrefix };
    case 'tag':
      return { kind: 'tag', tags: { [options.tagName]: 'loaded' } };
    case 'delete':
      return { kind: 'delete' };
    case 'keep':
      return { kind: 'keep' };
    default:
      return unreachable(options.mode);
  }
}
