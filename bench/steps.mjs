/**
 * What is done at a site, in order, each with its `name` in the table and the `group` that `--only` takes.
 * What `changes` the site is done whether it is wanted or not, if something wanted comes after it; what has no name is
 * not measured. `isBase` is what all else is compared with: it is always done. `isBare` has no traffic to count: it
 * does what it says. `leaves` is the status that every budget has afterwards: an exit code alone would not tell that
 * nothing was done.
 */
export const stepsOf = (batchBy, goesOn) => [
  { ...bare("bare copy", (site) => site.script("bare/copy.mjs", `${site.folder}/bare.jce`)), isBase: true },
  changing(`export, by ${batchBy}`, "export", (site) => site.tieout("export"), "exported"),
  ...(goesOn ? STEPS_AFTER_EXPORT : []),
];

const bare = (name, run) => ({
  name,
  group: "bare",
  isBase: false,
  isBare: true,
  changes: false,
  leaves: null,
  run,
});
const reading = (name, group, run) => ({
  name,
  group,
  isBase: false,
  isBare: false,
  changes: false,
  leaves: null,
  run,
});
const changing = (name, group, run, leaves = null) => ({
  name,
  group,
  isBare: false,
  changes: true,
  leaves,
  run,
});
const posting = (part) => changing(null, null, (site) => site.script("data/post.mjs", part));

const STEPS_AFTER_EXPORT = [
  bare("bare write of the lines", (site) => site.script("bare/write.mjs")),
  reading("export, nothing to do", "export", (site) => site.tieout("export")),
  posting("first"),
  changing("reconcile, 1 % posted", "reconcile", (site) => site.tieout("reconcile")),
  posting("rest"),
  changing("reconcile, all posted", "reconcile", (site) => site.tieout("reconcile"), "synced"),
  reading("reconcile, nothing new", "reconcile", (site) => site.tieout("reconcile")),
  bare("bare read of lines and entries", (site) => site.script("bare/read.mjs")),
  reading("status", "status", (site) => site.tieout("status")),
  reading("report", "report", (site) => site.tieout("report")),
  reading("audit verify", "audit", (site) => site.tieout("audit", "verify")),
];
