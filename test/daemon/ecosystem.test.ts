import { existsSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { packageFolder } from "../../src/version.ts";

const read = async () =>
  ((await import("../../ecosystem.config.js" as string)) as { apps: Record<string, unknown>[] }).apps;

it("offers pm2 one process, told to stop by message and given time to finish", async () => {
  expect(await read()).toMatchObject([
    {
      args: "start",
      instances: 1,
      exec_mode: "fork",
      shutdown_with_message: true,
      kill_timeout: 60_000,
      // With it the process would not end by itself.
      pmx: false,
    },
  ]);
});

it("has pm2 start the built program from the package's folder, wherever pm2 is called", async () => {
  const [app] = await read();
  expect(app?.cwd).toBe(packageFolder);
  const source = String(app?.script)
    .replace(/^dist\//, "")
    .replace(/\.js$/, ".ts");
  expect(existsSync(join(packageFolder, source))).toBe(true);
});

it("never has pm2 restart a running job by the clock", async () => {
  const [app] = await read();
  expect(app).not.toHaveProperty("cron_restart");
});
