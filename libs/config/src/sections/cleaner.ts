import { choice, integer, text } from '../option.ts';

export const CLEANER_OPTIONS = {
  mode: choice({
    of: ['archive', 'delete', 'tag', 'keep'],
    default: 'archive',
    description: 'What becomes of loaded files that their manifest does not keep.',
  }),
  archivePrefix: text({
    default: '_dopplershift/archive',
    pattern: /^[^/\0][^\0]*$/s,
    type: 'text that does not start with `/`',
    description: 'Where archived files go: `<prefix>/<key>/<etag>`; replay reads them from there.',
  }),
  tagName: text({
    default: 'dopplershift',
    pattern: /^[\p{L}\p{N}_.:/=+@ -]{1,128}$/u,
    type: 'name of a tag',
    description: 'In mode `tag`: the name of the tag, whose value is `loaded`.',
  }),
  requestsAtATime: integer({
    min: 1,
    max: 1_000,
    default: 8,
    description: 'Requests to S3 that one cleaner has under way.',
  }),
  graceMs: integer({
    min: 0,
    max: 3_600_000,
    default: 10_000,
    description: 'How long running removals may go on when the cleaner is stopped.',
  }),
};
