import { groupBy } from "../group-by.ts";
import { keyId } from "../key.ts";
import { type Cents, sumCents } from "../money.ts";
import { codesSent, spellCodes } from "./content.ts";
import type { ResolvedLine } from "./resolve.ts";
import type { ProjectLedger } from "./types.ts";

/** What an acceptance takes out of the books because its lines have gone. */
export interface Gone {
  readonly keys: number;
  /** The keys that were sent and carry an amount. */
  readonly ofKeys: number;
  readonly cents: Cents;
}

/**
 * The keys sent before that have gone with their lines. A key from which a line was only moved has not gone: by
 * another code in the budget (the line is there under its id), or by the mapping (a line with its codes is there).
 * What an opening position says of Sage was not sent, and cannot go.
 */
export function goneKeys(ledger: ProjectLedger, resolved: readonly ResolvedLine[]): Gone {
  const present = new Set(resolved.map((line) => keyId(line.key)));
  const ids = new Set(resolved.map(({ line }) => line.lineId));
  const codes = new Set(resolved.map(({ line }) => spellCodes(line)));
  const sentCodes = codesSent(ledger);
  const wasMoved = (lineId: string): boolean =>
    ids.has(lineId) || codes.has(sentCodes.get(lineId) ?? "\u0000");

  const parts = ledger.sentOriginals.filter((part) => part.stagingLineId !== null && part.cents !== 0n);
  const sent = [...groupBy(parts, (part) => keyId(part.key))].flatMap(([key, group]) => {
    const cents = sumCents(group.map((part) => part.cents));
    return cents === 0n ? [] : [{ key, group, cents }];
  });
  const gone = sent.filter(
    ({ key, group }) => !present.has(key) && !group.some((part) => wasMoved(part.stagingLineId ?? "")),
  );
  return { keys: gone.length, ofKeys: sent.length, cents: sumCents(gone.map(({ cents }) => cents)) };
}
