import { joinKey } from "../key.ts";
import type { SageEntry } from "../sage.ts";

/** An entry of a job, as reports name it: `run/sequence`. */
export const entryName = ({ run, sequence }: Pick<SageEntry, "run" | "sequence">): string =>
  `${run}/${sequence}`;

/** The same with its job, to be looked up by. */
export const entryPlace = (entry: Pick<SageEntry, "job" | "run" | "sequence">): string =>
  placeOfEntry(entry.job, entryName(entry));
export const placeOfEntry = (job: string, name: string): string => joinKey(job, name);
