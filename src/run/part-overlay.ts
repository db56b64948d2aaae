import { gunzipSync, gzipSync } from "node:zlib";
import type { Context } from "../context.ts";
import { compareText } from "../core/key.ts";
import { sha256 } from "../core/sha256.ts";
import type { Counts } from "../core/tie-out/counts.ts";
import { NO_COUNTS } from "../core/tie-out/counts.ts";
import {
  addHashes,
  type PartKind,
  readCounts,
  readCountsOf,
  readHashesOf,
  readParts,
} from "../journal/tie-out-parts.ts";
import type { PartSource } from "./tie-out-tree.ts";

/** Parts that are not kept, in the place of those that are: what a reconciliation would keep. */
export interface PartOverlay {
  set(kind: PartKind, name: string, body: string, counts?: Counts): void;
  /** A part's body as it would be kept; undefined where it would not be touched. */
  get(kind: PartKind, name: string): string | undefined;
  /** The parts that are kept, with these in their place. */
  over(context: Pick<Context, "db" | "names">, company: string): PartSource;
  /** The hash over the parts, from the one over those that are kept. */
  sum(context: Pick<Context, "db" | "names">, company: string, kept: string): Promise<string>;
}

interface Laid {
  /** Packed, as a company may have a million lines. Empty where the part would end. */
  readonly packed: Buffer;
  readonly sha256: string;
  readonly counts: Counts;
}

export function partOverlay(): PartOverlay {
  const laid: Readonly<Record<PartKind, Map<string, Laid>>> = {
    codes: new Map(),
    project: new Map(),
    batch: new Map(),
  };
  const kinds = Object.keys(laid) as PartKind[];
  const bodyOf = ({ packed }: Laid): string =>
    packed.length === 0 ? "" : gunzipSync(packed).toString("utf8");
  return {
    set(kind, name, body, counts = NO_COUNTS) {
      const packed = body === "" ? Buffer.of() : gzipSync(body, { level: 1 });
      laid[kind].set(name, { packed, sha256: sha256(body), counts });
    },
    get(kind, name) {
      const found = laid[kind].get(name);
      return found && bodyOf(found);
    },
    over: ({ db, names }, company) => ({
      async *parts(kind, findingsOnly) {
        const waiting = [...laid[kind].keys()].sort(compareText);
        const isTold = (one: Laid) =>
          one.packed.length > 0 && (!findingsOnly || (one.counts.findings ?? 0n) > 0n);
        const before = function* (name: string | null) {
          while (waiting[0] !== undefined && (name === null || compareText(waiting[0], name) < 0)) {
            const one = laid[kind].get(waiting.shift() as string);
            if (one && isTold(one)) yield bodyOf(one);
          }
        };
        for await (const { name, body } of readParts(db, names, company, {
          kind,
          last: null,
          findingsOnly,
        })) {
          yield* before(name);
          if (!laid[kind].has(name) && body !== null) yield body;
        }
        yield* before(null);
      },
      async counts() {
        const totals: Record<string, bigint> = { ...(await readCounts(db, names, company, null)) };
        for (const kind of kinds) {
          const own = laid[kind];
          const replaced = await readCountsOf(db, names, company, kind, [...own.keys()]);
          for (const [name, count] of Object.entries(replaced)) totals[name] = (totals[name] ?? 0n) - count;
          for (const { counts } of own.values())
            for (const [name, count] of Object.entries(counts)) totals[name] = (totals[name] ?? 0n) + count;
        }
        return totals;
      },
    }),
    async sum({ db, names }, company, kept) {
      let sum = kept;
      for (const kind of kinds) {
        const own = laid[kind];
        const replaced = await readHashesOf(db, names, company, kind, [...own.keys()]);
        const added = [...own.values()].filter(({ packed }) => packed.length > 0).map((one) => one.sha256);
        sum = addHashes(sum, added, replaced);
      }
      return sum;
    },
  };
}
