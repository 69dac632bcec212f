import { integer, text } from '../option.ts';

const day = 86_400_000;

export const WATCHER_OPTIONS = {
  keyPattern: text({
    default: '.*',
    type: 'regular expression (RE2)',
    description: 'Only directories that match as a whole, with their trailing slash, are watched.',
  }),
  pollIntervalMs: integer({
    min: 100,
    max: day,
    default: 30_000,
    description: 'Pause between two listings of the bucket; hints come in between.',
  }),
  pollJitterMs: integer({
    min: 0,
    max: day,
    default: 3_000,
    description: 'At most so much is added to the pause, at random.',
  }),
  settleMs: integer({
    min: 0,
    max: day,
    default: 5_000,
    description: 'A directory loaded as a whole has to stand still for so long.',
  }),
  batchFilesMax: integer({
    min: 1,
    max: 10_000,
    default: 500,
    description: 'Files that are loaded in one transaction.',
  }),
  batchBytesMax: integer({
    min: 1,
    max: 1_099_511_627_776,
    default: 1_073_741_824,
    description: 'Stored bytes that are loaded in one transaction; a larger file goes alone.',
  }),
  batchAgeMs: integer({
    min: 0,
    max: day,
    default: 1_000,
    description: 'A batch that is not full waits at most so long for more files.',
  }),
  sweepsAtATime: integer({
    min: 1,
    max: 100,
    default: 4,
    description: 'Watch units (first path segments) that are listed at the same time.',
  }),
  announcedMax: integer({
    min: 1_000,
    max: 100_000_000,
    default: 1_000_000,
    description: 'Files that are remembered as announced, some 20 bytes each.',
  }),
  directoryFilesMax: integer({
    min: 1_000,
    max: 10_000_000,
    default: 200_000,
    description: 'Files of one directory that are looked at in one sweep; the rest waits for the next.',
  }),
  reannounceAfterMs: integer({
    min: 1_000,
    max: 30 * day,
    default: 3_600_000,
    description: 'A file that is still there after so long is announced again; the ledger knows it.',
  }),
};
