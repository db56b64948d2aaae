/*
 * The contract's table of what may be done with a project's budget, written down a second time: nothing here is
 * the program's, and the view is held to it.
 */

export interface Actions {
  readonly can_send: boolean;
  readonly can_retrieve: boolean;
  readonly can_unlock: boolean;
  readonly can_add_line_item: boolean;
  readonly can_create_modification: boolean;
  readonly can_import_estimate: boolean;
}

export interface ActingDocument {
  readonly status: string;
  /** Why it stands where it stands, in words; asked for only where a reason is due. */
  readonly reason: string;
}

/** The order in which reasons are told: what has gone furthest first. */
const TOLD = ["exported", "accepted", "sent"];

/** What the view must say of a project with these documents. */
export function budgetAction(
  documents: readonly ActingDocument[],
  /** Something of the project was exported, or an opening position recorded: for ever. */
  isInTheBooks: boolean,
): Actions & { readonly reason: string } {
  const statuses = documents.map(({ status }) => status);
  const isAmong = (...some: string[]) => statuses.some((status) => some.includes(status));
  const isUnderWay = isAmong("sent", "accepted", "exported");
  const told = documents.filter(({ status }) => TOLD.includes(status));
  const reasons = new Map(told.map(({ status, reason }) => [reason, TOLD.indexOf(status)]));
  return {
    can_send: !isUnderWay,
    can_retrieve: isAmong("sent"),
    can_unlock: !isUnderWay,
    can_add_line_item: !isUnderWay,
    can_create_modification: !isUnderWay,
    can_import_estimate: !isUnderWay && !isAmong("synced") && !isInTheBooks,
    reason: [...reasons]
      .sort(([a, rankA], [b, rankB]) => rankA - rankB || (a < b ? -1 : 1))
      .map(([reason]) => reason)
      .join("; "),
  };
}
