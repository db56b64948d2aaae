import { type Outcome, ok } from "../../src/core/outcome.ts";
import { type CopyLook, copyAtRest, lookAtCopy, type SageCopy } from "../../src/sage/read-copy.ts";
import type { SageSource } from "../../src/sage/tables.ts";

/** All of a copy at once: what it is like, and what it says. */
export async function readCopy(
  source: SageSource,
  wait?: (milliseconds: number) => Promise<unknown>,
): Promise<Outcome<CopyLook & SageCopy>> {
  const look = await lookAtCopy(source);
  if (!look.ok) return look;
  const rest = await copyAtRest(source, look.value, null, wait);
  if (!rest.ok) return rest;
  const copy = await rest.value.read(null);
  await rest.value.close();
  return ok({ ...look.value, ...copy, lacking: [...look.value.lacking, ...copy.lacking] });
}
