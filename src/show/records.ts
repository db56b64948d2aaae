import type { Records } from "../run/records.ts";
import { writeReportOfRun } from "./report/report.ts";
import { writeRunRecord } from "./run-record/write.ts";

/** What people find of every run in the company's folder of reports. */
export const records: Records = { run: writeRunRecord, report: writeReportOfRun };
