/**
 * A process of its own that runs a built command once and stops at one step of it, as a crash or a stall would:
 * `node run-and-stop.mjs '{"command", "folder", "config", "moment", "at", "how"}'`. Every call to the file system but a
 * read, and both ends of every transaction, are steps, numbered from 1; a write is two, since it can end half-way.
 * `at` is a step's number, or how the name of the first one meant begins. The step's name goes to stdout; then the
 * process kills itself, or stands still for its parent to kill it. Without `at` it tells every step and comes to its end.
 */
import { writeFileSync, writeSync } from "node:fs";
import { basename } from "node:path";
import { checkConfig } from "../../dist/src/config/check.js";
import { openDatabase } from "../../dist/src/db/open.js";
import { realFiles } from "../../dist/src/files.js";
import { silentLog } from "../../dist/src/log.js";
import { namesFor } from "../../dist/src/names.js";
import { exportAll } from "../../dist/src/run/export/export.js";
import { reconcileAll } from "../../dist/src/run/reconcile/reconcile.js";
import { records } from "../../dist/src/show/records.js";

const COMMANDS = { export: exportAll, reconcile: reconcileAll };
const { command, folder, config, moment, at, how } = JSON.parse(process.argv[2]);

let count = 0;
async function step(name, first = () => undefined) {
  count++;
  if (at === undefined) writeSync(1, `${name}\n`);
  if (at !== count && !name.startsWith(String(at))) return;
  first();
  writeSync(1, `${name}\n`);
  if (how === "kill") process.kill(process.pid, "SIGKILL");
  setInterval(() => undefined, 60_000);
  await new Promise(() => undefined);
}

const files = {
  ...realFiles,
  async write(path, bytes) {
    const name = basename(path);
    await step(`write ${name}`);
    await step(`half of ${name}`, () =>
      writeFileSync(path, bytes.subarray(0, bytes.length / 2), { flag: "wx" }),
    );
    await realFiles.write(path, bytes);
  },
};
for (const call of ["list", "exists", "makeFolder", "remove", "rename", "syncFolder"])
  files[call] = async (...paths) => {
    await step(`${call} ${paths.map((path) => basename(path)).join(" ")}`);
    return realFiles[call](...paths);
  };

const opened = await openDatabase(checked().staging);
let transactions = 0;
const db = {
  ...opened,
  async transaction(work) {
    const number = ++transactions;
    const result = await opened.transaction(async (tx) => {
      const worked = await work(tx);
      await step(`before the end of transaction ${number}`);
      return worked;
    });
    await step(`after transaction ${number}`);
    return result;
  },
};

await COMMANDS[command]({
  config: checked(),
  db,
  names: namesFor(opened.engine),
  clock: { now: () => new Date(moment) },
  files,
  log: silentLog,
  records,
  actor: "test@machine",
  toolVersion: "0.0.0-test",
  signal: new AbortController().signal,
});
await db.close();

function checked() {
  const { config: complete, findings } = checkConfig(config, new Map(), folder);
  if (!complete) throw new Error(JSON.stringify(findings));
  return complete;
}
