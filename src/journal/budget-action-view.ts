import type { Engine, Queries } from "../db/db.ts";
import { integer, text, trimmed } from "../db/values.ts";
import type { Names } from "../names.ts";

/** Rows of the table that says what may be done with a project's budget, by a document's status. */
export const BUDGET_ACTIONS = [
  { statuses: ["not_sent", "rejected", "retrieved"], send: 1, retrieve: 0, change: 1, importEstimate: 1 },
  { statuses: ["sent"], send: 0, retrieve: 1, change: 0, importEstimate: 0 },
  { statuses: ["accepted", "exported"], send: 0, retrieve: 0, change: 0, importEstimate: 0 },
  { statuses: ["synced"], send: 1, retrieve: 0, change: 1, importEstimate: 0 },
] as const;

/** Tab, line feed, vertical tab, form feed, carriage return, non-breaking space. No known status has one inside. */
const WHITE_SPACE = [9, 10, 11, 12, 13, 160];

/**
 * The view others query for the buttons of the project system: one row for every project with a document, the
 * AND over its documents (`can_retrieve`: the OR). It only joins live statuses with reasons worded elsewhere.
 */
export function budgetActionView(engine: Engine, names: Names): string[] {
  const trim = (column: string) => (engine === "sqlite" ? `trim(${column})` : `ltrim(rtrim(${column}))`);
  const status = (alias: string) => {
    // What counts as blank here is what does when documents are pulled.
    return `lower(${trim(WHITE_SPACE.reduce(asSpace, `${alias}.erp_status`))})`;
  };
  const asSpace = (text: string, code: number) =>
    `replace(${text}, ${engine === "sqlite" ? "char" : "nchar"}(${code}), ' ')`;
  const flag = (action: "send" | "retrieve" | "change" | "importEstimate") =>
    `case ${BUDGET_ACTIONS.map(
      (row) => `when d.status in (${row.statuses.map((s) => `'${s}'`).join(", ")}) then ${row[action]}`,
    ).join(" ")} else 0 end`;
  // As the journal keeps it: the text that staging was read as.
  const acceptedAt = (alias: string) => {
    const column = `${alias}.accepted_at`;
    const asText = engine === "sqlite" ? `cast(${column} as text)` : `convert(nvarchar(400), ${column}, 126)`;
    return `coalesce(${trim(asText)}, '') as accepted_at`;
  };
  const documents = `
    select ${trim("b.project_id")} as project_id, 'budget' as document, ${trim("b.budget_id")} as document_id,
      ${status("b")} as status, case when b.estimate_import_blocked = 1 then 1 else 0 end as import_blocked,
      ${acceptedAt("b")}
    from ${names.staging("budget")} b
    union all
    select ${trim("m.project_id")}, 'modification', ${trim("m.modification_id")}, ${status("m")}, 0, ${acceptedAt("m")}
    from ${names.staging("budget_modification")} m`;
  const reasons = `
    select distinct d.project_id,
      case d.status
        when 'sent' then 3 when 'accepted' then 2 when 'exported' then 1 else 4 end as rank_order,
      case d.status
        when 'sent' then 'waiting for accounting acceptance'
        when 'accepted' then coalesce(r.reason, 'waiting for export')
        when 'exported' then coalesce(r.reason, 'waiting for posting in Sage')
        else 'unknown status in staging' end as reason
    from (${documents}) d
    left join ${names.journal("document_reason")} r
      on r.document = d.document and r.document_id = d.document_id and r.erp_status = d.status
      and (d.status <> 'accepted' or r.accepted_at = d.accepted_at)
    where d.status is null or d.status not in ('not_sent', 'rejected', 'retrieved', 'synced')`;
  const joinedReasons =
    engine === "sqlite"
      ? `(select group_concat(reason, '; ') from (select reason from (${reasons}) where project_id = a.project_id
          order by rank_order, reason))`
      : `(select string_agg(cast(x.reason as nvarchar(max)), '; ') within group (order by x.rank_order, x.reason)
          from (${reasons}) x where x.project_id = a.project_id)`;
  // An opening position of 0.00 has no movement: its own table has it.
  const everSent = `exists (select 1 from ${names.journal("project")} p
        join ${names.journal("sent_document")} s on s.project = p.id
        where p.project_id = a.project_id and s.batch is not null)
      or exists (select 1 from ${names.journal("baseline")} v where v.project_id = a.project_id)`;

  return [
    `create view ${names.journal("budget_action")} as
    select a.project_id, a.can_send, a.can_retrieve, a.can_change as can_unlock,
      a.can_change as can_add_line_item, a.can_change as can_create_modification,
      case when a.import_blocked = 1 or ${everSent} then 0 else a.can_import_estimate end as can_import_estimate,
      coalesce(${joinedReasons}, '') as reason
    from (
      select d.project_id, min(${flag("send")}) as can_send, max(${flag("retrieve")}) as can_retrieve,
        min(${flag("change")}) as can_change, min(${flag("importEstimate")}) as can_import_estimate,
        max(d.import_blocked) as import_blocked
      from (${documents}) d group by d.project_id
    ) a`,
  ];
}

/** What may be done with a project's budget now, and why not more. */
export interface BudgetAction {
  readonly canSend: boolean;
  readonly canRetrieve: boolean;
  readonly canUnlock: boolean;
  readonly canAddLineItem: boolean;
  readonly canCreateModification: boolean;
  readonly canImportEstimate: boolean;
  readonly reason: string;
}

/** The view's rows, by project id. */
export async function readBudgetActions(
  queries: Queries,
  names: Names,
): Promise<ReadonlyMap<string, BudgetAction>> {
  const rows = await queries.query(queries.sql.build(names.journal("budget_action")).select());
  return new Map(
    rows.map((row) => {
      const can = (action: string) => integer(row, `can_${action}`) === 1;
      return [
        trimmed(row, "project_id"),
        {
          canSend: can("send"),
          canRetrieve: can("retrieve"),
          canUnlock: can("unlock"),
          canAddLineItem: can("add_line_item"),
          canCreateModification: can("create_modification"),
          canImportEstimate: can("import_estimate"),
          reason: text(row, "reason"),
        },
      ];
    }),
  );
}
