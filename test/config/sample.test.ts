import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { loaded, tempFolder } from "./support.ts";

const sample = readFileSync(new URL("../../config/tieout.sample.yaml", import.meta.url), "utf8");

test("the sample configuration loads, and what it shows of optional keys are the defaults", async () => {
  const folder = tempFolder();
  const least = `
staging: { client: sqlite, filename: ../data/staging.db }
companies:
  - id: ACME
    sage: { client: sqlite, filename: ../data/sage.db }
    mappings: ../mappings/ACME
    outbox: ../outbox/ACME
    rejects: ../rejects/ACME
    reports: ../reports/ACME
`;
  const { config } = await loaded(sample, {}, folder);
  expect(config).toEqual((await loaded(least, {}, folder)).config);
});

test("the sample shows every key", async () => {
  const { config, sources } = await loaded(sample);
  const leaves = (value: unknown, path = ""): string[] =>
    typeof value === "object" && value !== null
      ? Object.entries(value).flatMap(([key, item]) =>
          leaves(item, Array.isArray(value) ? `${path}[${key}]` : path === "" ? key : `${path}.${key}`),
        )
      : [path];
  expect([...sources.keys()].sort()).toEqual(leaves(config).sort());
});

test("the sample loads with its SQL Server parts in place of SQLite", async () => {
  const folder = tempFolder();
  mkdirSync(join(folder, "secrets"));
  writeFileSync(join(folder, "secrets", "sage-password"), "reader-secret\n");
  const asComment = /^( *)# (staging|sage):\n(?:\1# {2}.*\n)+/gm;
  const onSqlServer = sample
    .replace(/^( *)(staging|sage):\n(?:\1 .*\n)+?\n/gm, "")
    .replace(asComment, (block) => block.replace(/^( *)# /gm, "$1"))
    .replace("../secrets", "./secrets");
  const { config, secrets } = await loaded(
    onSqlServer,
    { TIEOUT_STAGING_PASSWORD: "staging-secret" },
    folder,
  );
  expect(config.staging).toMatchObject({ client: "sqlserver", port: 1433, schema: "staging" });
  expect(config.companies[0]?.sage).toMatchObject({ client: "sqlserver", company_value: "ACME" });
  expect(secrets).toEqual(["staging-secret", "reader-secret"]);
});
