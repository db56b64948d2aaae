import { accessSync, constants, statfsSync } from "node:fs";
import { defineConfig } from "vitest/config";

export default defineConfig(({ mode }) => {
  // `npm run test:long`; test/support/extent.ts reads it.
  if (mode === "long") process.env.TIEOUT_TEST_LONG = "1";
  return {
    test: {
      include: ["test/**/*.test.ts"],
      globalSetup: ["test/support/announce.ts"],
      // Files share a process's modules: to load the drivers anew for each file costs more than most files do.
      pool: "forks",
      isolate: false,
      // By default one core is left idle.
      maxWorkers: "100%",
      // A server on a busy machine takes its time.
      testTimeout: process.env.TIEOUT_TEST_SQLSERVER ? 300_000 : 60_000,
      hookTimeout: process.env.TIEOUT_TEST_SQLSERVER ? 300_000 : 120_000,
      env: memoryFolder("/dev/shm"),
    },
  };
});

/** Several times what the sites of a run take at most; a container has 64 MB unless it is told otherwise. */
const ROOM = 48e6;

/**
 * Test sites lie in memory, where there is a file system of that kind with room: what waits for the disk in them is
 * most of a run's time, and a process that is killed leaves its files alike in either place.
 */
function memoryFolder(folder: string): Record<string, string> {
  try {
    accessSync(folder, constants.W_OK);
    const { bavail, bsize } = statfsSync(folder);
    return bavail * bsize > ROOM ? { TMPDIR: folder } : {};
  } catch {
    return {};
  }
}
