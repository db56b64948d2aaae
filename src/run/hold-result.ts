import type { Hold, HoldRuleName } from "../core/holds.ts";
import type { DocumentType } from "../core/staged.ts";

export interface HoldResult {
  readonly project_id: string;
  readonly project_number: string;
  readonly document: DocumentType;
  readonly document_id: string;
  readonly staging_line_id: string | null;
  readonly field: string;
  readonly value: string;
  readonly rule: HoldRuleName;
  readonly message: string;
  readonly remedy: string;
}

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
