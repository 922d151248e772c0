import { defineConfig } from 'vitest/config'

const stages = '{app,collectors,core,enrichment,schemas,sinks,stream,tools}'

export default defineConfig({
  test: {
    projects: [
      { test: { name: 'unit', include: [`${stages}/**/*.test.ts`], testTimeout: 10_000 } },
      { test: { name: 'integration', include: ['test/**/*.test.ts'], testTimeout: 120_000, hookTimeout: 120_000 } },
    ],
  },
})
