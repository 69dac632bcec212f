import { describe, expect, it } from 'vitest';
import { affectedServices } from './affected-services.ts';

describe('a saved file', () => {
  it.each([
    [['apps/loader/src/run-load.ts'], ['loader']],
    [
      ['apps/cleaner/src/main.ts', 'apps/watcher/src/nap.ts'],
      ['watcher', 'cleaner'],
    ],
    [['libs/copy/src/copy-feed.ts'], ['watcher', 'loader', 'cleaner']],
    [['libs/contracts/avro/load-failed.avsc'], ['watcher', 'loader', 'cleaner']],
    [['apps/loader/src/run-load.spec.ts', 'libs/kafka/src/lane-core.spec.ts'], []],
    [['libs/testing/src/builders.ts', 'apps/cli/src/main.ts', 'tools/demo/main.ts'], []],
    [[], []],
  ])('%j concerns %j', (paths, services) => {
    expect(affectedServices(paths)).toEqual(services);
  });
});
