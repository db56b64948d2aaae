import { count } from "../../core/count.ts";
import { groupBy } from "../../core/group-by.ts";
import { formatMoneyForPeople } from "../../core/money.ts";
import { DIFFERENCE_MEANINGS } from "../../core/state-words.ts";
import { headline } from "../report/headline.ts";
import type { CompanyReport } from "../report/report.ts";
import type { Report } from "../report/schema.ts";
import { companyHead, moment, NO_COMPANY } from "./parts.ts";
import { type Block, page, table, wrap } from "./table.ts";

/**
 * `tieout report`: whether all ties out, where the money stands, what needs a person, and where the pages are; one
 * company after another.
 */
export async function* reportText(
  companies: AsyncIterable<CompanyReport>,
): AsyncGenerator<string, undefined> {
  let before = "";
  for await (const company of companies) {
    yield before + page(companyBlocks(company));
    before = "\n";
  }
  if (before === "") yield page([NO_COMPANY]);
}

const companyBlocks = ({ report, files, ...company }: CompanyReport): Block[] => [
  companyHead({ ...company, ...(report ? { copy: report.copy } : {}) }),
  ...(report ? reportBlocks(report) : []),
  files.length === 0 ? [] : ["Written:", ...files.map((file) => `  ${file}`)],
];

const reportBlocks = (report: Report): Block[] => [
  [
    ...wrap(`${headline(report)}. As of ${moment(report.as_of)}.`, 2),
    ...wrap(`Head of the audit chain: ${report.audit_head}`, 2),
  ],
  sides(report),
  needs(report),
];

function sides({ totals }: Report): Block {
  const rows = [
    { label: "Original estimates", ...totals.originals },
    { label: "Approved changes", ...totals.approved_changes },
  ];
  return table(
    [
      { title: "", value: ({ label }) => label },
      { title: "Accepted", value: ({ accepted }) => formatMoneyForPeople(accepted), align: "right" },
      { title: "Exported", value: ({ exported }) => formatMoneyForPeople(exported), align: "right" },
      {
        title: "Posted",
        value: ({ posted, unexpected }) => formatMoneyForPeople(posted + unexpected),
        align: "right",
      },
      { title: "Difference", value: ({ difference }) => formatMoneyForPeople(difference), align: "right" },
    ],
    rows,
    2,
  );
}

/** What is open by its state, the oldest day with it, reject files, and the number of holds: the page lists each. */
function needs({ differences, recognitions, reject_files, holds, keys }: Report): Block {
  const byState = groupBy(differences, ({ state }) => state);
  return [
    ...[...byState].flatMap(([state, ofState]) => {
      const [first] = ofState.map(({ since }) => since).sort();
      const amount = ofState.reduce((sum, { difference }) => sum + difference, 0n);
      return wrap(
        `${count(ofState.length, "difference")} of ${formatMoneyForPeople(amount)} since ${first ?? ""}. ${DIFFERENCE_MEANINGS[state]}`,
        2,
        4,
      );
    }),
    ...recognitions.flatMap(({ message, remedy }) => [...wrap(message, 2, 4), ...wrap(`→ ${remedy}`, 4, 6)]),
    ...reject_files.flatMap(({ message, remedy }) => [...wrap(message, 2, 4), ...wrap(`→ ${remedy}`, 4, 6)]),
    ...(keys.notAsAccepted.length === 0
      ? []
      : wrap(
          `${count(keys.notAsAccepted.length, "code")}: accepted is not exported. The page has each under "Accepted, exported, posted".`,
          2,
          4,
        )),
    ...(holds.length === 0
      ? []
      : wrap(`${count(holds.length, "hold")}: \`tieout holds\` lists each with its remedy.`, 2, 4)),
  ];
}
