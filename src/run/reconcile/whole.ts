import type { Context } from "../../context.ts";
import { fail, type Outcome, ok } from "../../core/outcome.ts";
import type { ErpStatus } from "../../core/staged.ts";
import { type CopyLook, copyAtRest, lookAtCopy, pausing, type SageCopy } from "../../sage/read-copy.ts";
import type { SageSource } from "../../sage/tables.ts";
import { readStaging, type Staging, withLines } from "../../staging/read-staging.ts";

/** All that a copy says. */
export async function readCopy(
  source: SageSource,
  signal: AbortSignal,
): Promise<Outcome<CopyLook & SageCopy>> {
  const look = await lookAtCopy(source);
  if (!look.ok) return look;
  const rest = await copyAtRest(source, look.value, null, pausing(signal));
  if (!rest.ok) return fail(rest.problem);
  try {
    const copy = await rest.value.read(null);
    return ok({ ...look.value, ...copy, lacking: [...look.value.lacking, ...copy.lacking] });
  } finally {
    await rest.value.close();
  }
}

const WITH_LINES: ReadonlySet<ErpStatus | null> = new Set(["accepted", "exported"]);

/** Staging with the lines of accepted and exported documents. */
export async function readWholeStaging({ db, names }: Context): Promise<Staging> {
  const staging = await readStaging(db, names);
  return { ...staging, documents: await withLines(db, names, staging.documents, WITH_LINES) };
}
