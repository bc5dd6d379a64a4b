import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    // Two cores is the machine we promise to run on; native sessions use both already.
    maxWorkers: 2,
    // Time-outs end what hangs; how fast things are is measured by `bench`, on a machine that does nothing else.
    testTimeout: 180_000,
    hookTimeout: 180_000,
    expect: { poll: { timeout: 30_000 } },
    reporters: ['default'],
  },
});
