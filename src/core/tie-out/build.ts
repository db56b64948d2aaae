import { batchesOf } from "./batches.ts";
import { differencesOf } from "./differences.ts";
import type { TieOutInput } from "./input.ts";
import { tieOutKeys } from "./keys.ts";
import { projectsOf } from "./projects.ts";
import type { TieOut } from "./schema.ts";

/** What a reconciliation found, as it is stored and reported. Pure. */
export const buildTieOut = (input: TieOutInput): TieOut => ({
  copy: input.copy,
  notices: [...input.notices],
  keys: tieOutKeys(input),
  differences: differencesOf(input),
  recognitions: input.recognitions.map(({ name, batchId, kind, lineNos, message, remedy }) => ({
    ...{ name, kind, message, remedy },
    batch_id: batchId,
    line_nos: [...lineNos],
  })),
  reject_files: [...input.rejectFiles],
  projects: projectsOf(input),
  batches: batchesOf(input),
});
