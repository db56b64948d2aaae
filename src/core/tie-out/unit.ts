import { keyFields } from "../key.ts";
import type { Cents } from "../money.ts";
import { differencesOf } from "./differences.ts";
import type { UnitInput } from "./input.ts";
import { tieOutKeys } from "./keys.ts";
import { projectsOf } from "./projects.ts";
import { type Recognition, type SpareEntry, spareEntries } from "./recognise.ts";
import type { TieOutDifference, TieOutKey, TieOutProject, TieOutRecognition } from "./schema.ts";

/** A recognition as it is kept, with the entries that it was recognised by. */
export type KeptRecognition = TieOutRecognition & {
  /** As `entryPlace` names them. */
  readonly entries: readonly string[];
};

/**
 * What a reconciliation found of the jobs of some projects, as it is kept. It does not say what is a question of whole
 * import files, or of all jobs together: see `showCodes`.
 */
export interface CodesPart {
  /** `ties_out` is without Sage's own totals. */
  readonly keys: readonly TieOutKey[];
  readonly differences: readonly TieOutDifference[];
  /** Of single lines. */
  readonly recognitions: readonly KeptRecognition[];
  readonly spare: readonly (Omit<SpareEntry, "cents" | "costCode"> & {
    readonly cost_code: string;
    readonly amount: Cents;
  })[];
  /** What should be known of the jobs beside the differences. */
  readonly notices: readonly string[];
  readonly totals: { readonly to_move: number; readonly unmoved: number };
}

/** What is found of some projects and their jobs, as it is kept and reported. Pure. */
export const buildUnit = (
  input: UnitInput,
  notices: readonly string[],
): { readonly codes: CodesPart; readonly projects: readonly TieOutProject[] } => ({
  codes: {
    keys: tieOutKeys(input),
    differences: differencesOf(input),
    recognitions: input.recognitions.map(keptRecognition),
    spare: spareEntries(input).map(({ cents, name, kind, ...key }) => ({
      ...{ kind, name, ...keyFields(key) },
      amount: cents,
    })),
    notices: [...notices],
    totals: { to_move: input.totals.toMove, unmoved: input.totals.unmoved },
  },
  projects: projectsOf(input),
});

export const keptRecognition = ({
  name,
  batchId,
  kind,
  lineNos,
  entries,
  message,
  remedy,
}: Recognition): KeptRecognition => ({
  ...{ name, batch_id: batchId, kind, line_nos: [...lineNos], message, remedy, entries },
});

/** The spare entries that a part keeps. */
export const spareOf = ({ spare }: Pick<CodesPart, "spare">): SpareEntry[] =>
  spare.map(({ amount, cost_code, ...entry }) => ({ ...entry, costCode: cost_code, cents: amount }));
