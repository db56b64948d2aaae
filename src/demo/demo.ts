import { join, relative } from "node:path";
import { type Outcome, ok } from "../core/outcome.ts";
import { dayIn } from "../core/time.ts";
import { changeBudgetAgain, postTheRest } from "./days/changing.ts";
import { acceptRounding, mendInSage } from "./days/mending.ts";
import { tieOut, verifyChain } from "./days/month-end.ts";
import { findMistakes, postWithMistakes } from "./days/posting.ts";
import { exportWithHolds, sendSixBudgets } from "./days/sending.ts";
import { type DemoSite, makeDemoSite } from "./site.ts";
import { type Story, tellStory } from "./story.ts";

interface Chapter {
  /** How many days before now it happens. */
  readonly daysAgo: number;
  readonly title: string;
  readonly happens: readonly ((site: DemoSite, story: Story) => Promise<void>)[];
}

const CHAPTERS: readonly Chapter[] = [
  { daysAgo: 12, title: "Six budgets are sent, four are accepted", happens: [sendSixBudgets] },
  { daysAgo: 12, title: "Accepted budgets are exported, or held", happens: [exportWithHolds] },
  { daysAgo: 10, title: "The accountant imports and posts; much goes wrong", happens: [postWithMistakes] },
  { daysAgo: 10, title: "The reconciliation finds it", happens: [findMistakes] },
  { daysAgo: 8, title: "The mistakes are put right", happens: [mendInSage, acceptRounding] },
  {
    daysAgo: 4,
    title: "A budget changes after it is in the books",
    happens: [changeBudgetAgain, postTheRest],
  },
  { daysAgo: 0, title: "Month-end", happens: [tieOut, verifyChain] },
];

/**
 * The whole way of six budgets on embedded databases, told as it happens, by the same use cases that the commands
 * have.
 * @returns how many of its statements did not prove true
 */
export async function runDemo(folder: string, write: (text: string) => void): Promise<Outcome<number>> {
  const made = await makeDemoSite(folder);
  if (!made.ok) return made;
  const site = made.value;
  const { clock, config } = site.context;
  const story = tellStory(write);
  const daysTold: string[] = [];
  try {
    write(`Budgets go from Procore to Sage 300 CRE and back, in ${folder}\n`);
    write("(projects and amounts are made up; the days pass at once)\n");
    for (const [i, { daysAgo, title, happens }] of CHAPTERS.entries()) {
      clock.moveTo(daysAgo);
      const day = dayIn(config.timezone, clock.now());
      daysTold.push(day);
      story.heading(`${i + 1}  ${day}  ${title}`);
      for (const happen of happens) await happen(site, story);
    }
    const mistakes = daysTold[3] ?? "";
    const end = daysTold.at(-1) ?? "";
    story.heading(
      story.failures === 0
        ? "Everything is as it should be. Open these and look:"
        : `${story.failures} of the statements above did not prove true. The files are in:`,
    );
    story.table(
      [
        { title: "", value: ([what]) => what },
        { title: "", value: ([, ...path]) => join(relative(process.cwd(), folder) || ".", ...path) },
      ],
      [
        ["tie-out report", "reports", "ACME", `ACME-tie-out-${end}.html`],
        ["that of the bad day", "reports", "ACME", `ACME-tie-out-${mistakes}.html`],
        ["a batch", "outbox", "ACME", "ACME-000001"],
        ["mapping files", "mappings", "ACME"],
        ["staging, journal", "staging.db"],
      ] as [string, ...string[]][],
    );
    story.say(`try  npx tieout status --config ${join(relative(process.cwd(), folder), "tieout.yaml")}`);
    return ok(story.failures);
  } finally {
    await site.close();
  }
}
