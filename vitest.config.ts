import { defineConfig } from 'vitest/config';

export default defineConfig({
  resolve: { conditions: ['source'] },
  ssr: { resolve: { conditions: ['source', 'node', 'import', 'module', 'default'] } },
  test: {
    include: ['{apps,libs,tools,tests}/**/*.spec.ts'],
    maxWorkers: 2,
  },
});
