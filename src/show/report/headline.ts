import { count } from "../../core/count.ts";
import type { Report } from "./schema.ts";

/** The differences that nobody has closed. */
export const openDifferences = ({ differences }: Pick<Report, "differences">): Report["differences"] =>
  differences.filter(({ state }) => state !== "accepted_difference");

/** The report in one sentence: whether all ties out, and if not, how much needs a person. */
export function headline(report: Report): string {
  switch (report.verdict) {
    case "ties_out":
      return `Everything ties out${butForClosed(report)}`;
    case "waits_for_posting":
      return `Nothing is wrong; ${count(report.lines.awaiting_posting, "line waits", "lines wait")} for posting`;
    case "needs_a_person": {
      const [differences, holds] = [openDifferences(report).length, report.holds.length];
      const files = new Set(report.reject_files.map(({ file_name }) => file_name)).size;
      const codes = report.keys.notAsAccepted.length;
      const what = [
        differences > 0 ? count(differences, "difference") : "",
        holds > 0 ? count(holds, "hold") : "",
        files > 0 ? count(files, "reject file") : "",
        codes > 0 ? count(codes, "code") : "",
      ].filter((words) => words !== "");
      return `${what.join(" and ")} ${differences + holds + files + codes > 1 ? "need" : "needs"} a person`;
    }
  }
}

/** Differences that a person closed are in every report ever after: who reads "ties out" must know of them. */
export function butForClosed({ differences }: Pick<Report, "differences">): string {
  const closed = differences.filter(({ state }) => state === "accepted_difference").length;
  return closed === 0 ? "" : `, but for ${count(closed, "difference")} that a person closed`;
}
