import type { AuditResult, CompanyAudit } from "../../audit/audit.ts";
import { count } from "../../core/count.ts";
import { companyTitle, moment } from "./parts.ts";
import { type Block, page, wrap } from "./table.ts";

/** `tieout audit verify`: whether each chain is as it was written, what is wrong, and up to where that is certain. */
export const auditText = ({ companies }: AuditResult): string => page(companies.flatMap(companyBlocks));

const companyBlocks = (company: CompanyAudit): Block[] => [
  [
    ...companyTitle(company.company),
    ...wrap(summary(company), 2),
    ...(company.head === null ? [] : [`  Head: ${company.head}`]),
    ...wrap(end(company), 2),
  ],
  ...company.findings.map(({ name, message, hint }) => [
    ...wrap(`${message} [${name}]`, 2, 4),
    ...wrap(`→ ${hint}`, 4, 6),
  ]),
  company.findings_total > company.findings.length
    ? wrap(`… and ${count(company.findings_total - company.findings.length, "more", "more")}.`, 2)
    : [],
];

function summary({ result, events, last_at, findings_total }: CompanyAudit): string {
  const what = `${count(events, "event")}${last_at === null ? "" : `, the last of ${moment(last_at)}`}`;
  return result === "good"
    ? `Good: ${what}; each fits its hash and the one before it.`
    : `BROKEN: ${what}; ${count(findings_total, "finding")}.`;
}

/** How much is certain of the chain's end, which no hash in the chain itself can tell of. */
function end({ events, heads_known, proven_to }: CompanyAudit): string {
  if (heads_known === 0)
    return "No head of this chain is known, so it cannot be told whether its end was cut off, or all of it made anew. Give one with --head or --head-from.";
  if (proven_to === null) return "No event has one of the heads that are known.";
  const after = BigInt(events) - BigInt(proven_to.sequence);
  const proven = `Proven up to event ${proven_to.sequence}, by ${proven_to.by}.`;
  return after > 0n
    ? `${proven} Whether events after it were cut off cannot be told: no head is known of ${after === 1n ? "the one" : `the ${after}`} that followed.`
    : proven;
}
