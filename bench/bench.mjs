/**
 * What the program costs beside the least that its work could cost: `npm run bench`, `npm run bench -- --help`.
 * docs/performance.md says what each row means. A command that ends otherwise than it should ends the bench; one that
 * takes too long, or is killed, is said to, and the table goes on without what would have followed from it.
 */
import { readOptions } from "./options.mjs";
import { makeSite, StepFailed } from "./site.mjs";
import { measureStartUp } from "./start-up.mjs";
import { stepsOf } from "./steps.mjs";
import { summaryOf, tableOf } from "./table.mjs";

/** Runs of what is bare, of which the median counts. */
const BARE_RUNS = 5;

const options = optionsOrExit();
const results = new Map();
let startUp = null;
try {
  const ways = options.batchBy === "both" ? ["company", "project"] : [options.batchBy];
  const once = ways.map((way, index) => ({ way, goesOn: index === ways.length - 1 }));
  const passes = [
    ...Array.from({ length: options.runs }, () => once.map((pass) => ({ ...pass, count: false }))).flat(),
    ...(options.count ? once.map((pass) => ({ ...pass, count: true })) : []),
  ];
  for (const [index, pass] of passes.entries())
    await runPass({
      ...pass,
      isLast: index === passes.length - 1,
      label: `${index + 1} of ${passes.length}`,
    });
} catch (error) {
  if (!(error instanceof StepFailed)) throw error;
  process.stderr.write(`\n${error.message}\n`);
  process.exit(1);
}
const summary = summaryOf(options, results, startUp);
process.stdout.write(options.json ? `${JSON.stringify(summary, null, 2)}\n` : tableOf(summary));

function optionsOrExit() {
  try {
    const read = readOptions(process.argv.slice(2));
    if (!read.help) return read;
    process.stdout.write(`${read.help}\n`);
    process.exit(0);
  } catch (error) {
    process.stderr.write(`${error.message}\n`);
    process.exit(3);
  }
}

/** Goes through the steps at a site of its own: all that are wanted, and all that these need. */
async function runPass({ way, goesOn, count, isLast, label }) {
  const say = (text) =>
    process.stderr.write(`pass ${label} (${count ? "counted" : "timed"}, by ${way}): ${text}\n`);
  const steps = stepsOf(way, goesOn);
  const isWanted = (step) => (step.isBase || options.only.includes(step.group)) && !(step.isBare && count);
  const wantsStartUp = options.only.includes("start-up") && goesOn && !count;
  const needed = wantsStartUp ? steps : steps.slice(0, steps.findLastIndex(isWanted) + 1);
  if (needed.length === 0) return;
  say("making the data");
  const site = await makeSite(options, way, count);
  try {
    let isCutShort = false;
    for (const step of needed) {
      if (isCutShort || (!isWanted(step) && !step.changes)) continue;
      say(step.name ?? "posting");
      // What is bare is short: one run that the machine held up would be in every ratio.
      for (let run = 0; run < (step.isBare ? BARE_RUNS : 1); run++)
        isCutShort = (await runStep(site, step, { count, isWanted: isWanted(step) })) && step.changes;
    }
    if (wantsStartUp && !isCutShort) {
      say("start-up");
      startUp = await measureStartUp(site);
    }
  } finally {
    if (options.keep && isLast) process.stderr.write(`The last site is kept in ${site.folder}\n`);
    else await site.remove();
  }
}

/** @returns whether the process took too long, or was killed */
async function runStep(site, step, { count, isWanted }) {
  const isTimed = isWanted && !count;
  const before = isTimed ? await site.journalBytes() : null;
  const measured = await step.run(site);
  const wasKilled = typeof measured.ended === "string";
  if (!wasKilled && measured.ended !== 0)
    throw new StepFailed(step.name ?? "posting", measured.ended, measured.files);
  if (!wasKilled && step.leaves !== null) {
    const others = await site.budgetsNot(step.leaves);
    if (others > 0)
      throw new StepFailed(step.name, `${others} budgets that are not ${step.leaves}`, measured.files);
  }
  if (!isWanted || step.name === null) return wasKilled;
  const result = results.get(step.name) ?? { group: step.group, samples: [], traffic: null, killedBy: null };
  results.set(step.name, result);
  if (wasKilled) result.killedBy = measured.ended;
  if (count && !wasKilled) result.traffic = measured;
  if (isTimed) {
    const after = step.isBare ? null : await site.journalBytes();
    result.samples.push({ ...measured, journalBytes: before && after ? after - before : null });
  }
  return wasKilled;
}
