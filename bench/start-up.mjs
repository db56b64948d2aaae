import { wallOf } from "./measure/run.mjs";
import { medianOf } from "./median.mjs";

const RUNS = 7;

/** Milliseconds that a process takes which does next to nothing, each beside Node.js alone. */
export async function measureStartUp(site) {
  const commands = {
    "node -e 0": ["-e", "0"],
    "tieout --help": site.command("--help"),
    "tieout status of one project": site.command("status", site.firstProject),
  };
  const taken = Object.fromEntries(Object.keys(commands).map((name) => [name, []]));
  // In turns: what else the machine does falls on all of them alike.
  for (let run = 0; run < RUNS; run++)
    for (const [name, args] of Object.entries(commands)) taken[name].push(await wallOf(args, site.folder));
  return Object.entries(taken).map(([name, times]) => ({ name, wallMs: medianOf(times) }));
}
