import { count } from "../../core/count.ts";
import { CHECKS } from "../../doctor/findings.ts";
import type { DoctorResult } from "../../doctor/result.ts";
import { type Block, page, table, wrap, wrapLines } from "./table.ts";

type Finding = DoctorResult["findings"][number];
type Check = DoctorResult["checks"][number];

/** `tieout doctor`: what is wrong and how to mend it, then all that was looked at. */
export const doctorText = ({ findings, checks }: DoctorResult): string =>
  page([
    findings.length === 0
      ? ["Everything that a run depends on is in order."]
      : [`${levelCount(findings, "problem")}, ${levelCount(findings, "warning")}`],
    ...findings.map(findingBlock),
    table(
      [
        { title: "Check", value: ({ check }: Check) => check },
        { title: "Company", value: ({ company }) => company ?? "" },
        { title: "Result", value: ({ result }) => RESULT_WORDS[result] },
      ],
      checks,
    ),
    checks.flatMap(({ check, company, detail }) =>
      detail === null ? [] : wrap(`${nameOf({ check, company })}: ${detail}`, 0, 2),
    ),
  ]);

const RESULT_WORDS: Readonly<Record<Check["result"], string>> = {
  ok: "ok",
  findings: "see above",
  not_checked: "could not be checked",
};

const levelCount = (findings: readonly Finding[], level: Finding["level"]): string =>
  count(findings.filter((finding) => finding.level === level).length, level);

const nameOf = ({ check, company }: { check: string; company: string | null }): string =>
  company === null ? check : `${check} of ${company}`;

const findingBlock = (finding: Finding): Block => [
  ...wrap(`${finding.level === "problem" ? "Problem" : "Warning"} [${nameOf(finding)}]`),
  ...wrapLines(finding.what, 2),
  ...wrap(`Looked at: ${CHECKS[finding.check].what}; ${finding.why}.`, 2, 4),
  ...finding.mend
    .split("\n")
    .flatMap((line, index) => (index === 0 ? wrap(`→ ${line}`, 2, 4) : wrap(line, 4))),
];
