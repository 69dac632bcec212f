import { flag } from '../option.ts';

/** Read by watcher and loader alike, so that one switch is enough. */
export const MANIFESTS_OPTIONS = {
  allowInlineUrls: flag({
    default: false,
    description: 'Take `:jdbc-url` in manifests; who may write to the bucket then chooses the warehouse.',
  }),
  allowCustomStagingSelect: flag({
    default: false,
    description: 'Take SQL in `:staging-select`; who may write to the bucket then runs it in the warehouse.',
  }),
};
