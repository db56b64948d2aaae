import type { Hold } from "../core/holds.ts";
import type { HoldResult } from "./results.ts";

export const holdResult = (hold: Hold): HoldResult => ({
  project_id: hold.projectId,
  project_number: hold.projectNumber,
  document: hold.document,
  document_id: hold.documentId,
  staging_line_id: hold.stagingLineId,
  field: hold.field,
  value: hold.value,
  rule: hold.rule,
  message: hold.message,
  remedy: hold.remedy,
});
