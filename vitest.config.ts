import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';

const everySpec = '{apps,libs,tools,tests}/**/*.spec.ts';
const realSpecs = '{apps,libs,tools,tests}/**/*.{pg,s3,kafka,e2e}.spec.ts';

const at = (path: string): string => fileURLToPath(new URL(path, import.meta.url));

export default defineConfig({
  // Aliases, and not the condition `source`: vitest hands conditions on to Node, where they would change how every
  // package is resolved (`pg` then gets an ES module where it requires a CommonJS one).
  resolve: {
    alias: [
      { find: /^#stack$/, replacement: at('tools/stack/stack.ts') },
      { find: /^#([a-z-]+)$/, replacement: at('libs/$1/src/index.ts') },
      { find: /^dopplershift\/([a-z-]+)$/, replacement: at('libs/$1/src/index.ts') },
    ],
  },
  test: {
    maxWorkers: 2,
    env: { AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: 'true' },
    projects: [
      {
        extends: true,
        test: {
          name: 'unit',
          include: [everySpec],
          exclude: [realSpecs],
          // a spec leaves no state behind, so files share what they import: half the CPU time
          isolate: false,
          // a limit for what hangs; a busy machine is no failure
          testTimeout: 60_000,
        },
      },
      {
        extends: true,
        test: {
          name: 'real',
          include: [realSpecs],
          // starts the servers, or finds those of `npm run stack`; runs only when one of these specs is selected
          globalSetup: ['tools/stack/for-vitest.ts'],
          testTimeout: 60_000,
          hookTimeout: 120_000,
        },
      },
    ],
  },
});
