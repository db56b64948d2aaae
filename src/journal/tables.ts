import type { Knex } from "knex";
import { COUNT_NAMES } from "../core/tie-out/counts.ts";
import type { Sql } from "../db/db.ts";
import type { JournalTable, Names } from "../names.ts";

/** Ids and codes as staging may hold them; names; moments as `2026-11-22T18:04:05Z`. */
const ID = 100;
const MOMENT = 30;

type Table = Knex.CreateTableBuilder;

/**
 * The tables of a journal. A column that has the name of another table refers to its `id`; `event` is the number of
 * the event on the company's audit chain that tells of the row, and so says when it was written, by whom and by which
 * run. What is said once is not said again: there are as many lines as staging has ever had.
 */
export function journalTables(sql: Sql, names: Names): string[] {
  const create = (table: JournalTable, define: (t: Table) => void): string[] =>
    statementsOf(sql.build.schema.createTable(names.journal(table), define));
  /** A table that is kept in the order of its key, without another index for it, as SQL Server keeps every one. */
  const createByKey: typeof create = (table, define) =>
    create(table, define).map((statement) =>
      sql.engine === "sqlite" && statement.startsWith("create table")
        ? `${statement} without rowid`
        : statement,
    );

  return [
    ...create("lease", (t) => {
      t.string("name", ID).notNullable().primary("pk_lease");
      t.string("holder", 200).notNullable();
      t.bigInteger("token").notNullable();
      t.string("expires_at", MOMENT).notNullable();
      t.string("last_transaction", ID).nullable();
    }),
    ...create("run", (t) => {
      t.string("run_id", ID).notNullable();
      t.string("company", ID).notNullable();
      t.string("command", 20).notNullable();
      t.string("started_at", MOMENT).notNullable();
      t.string("ended_at", MOMENT).nullable();
      t.string("outcome", 40).nullable();
      t.string("actor", 200).notNullable();
      t.string("tool_version", 40).notNullable();
      t.primary(["run_id", "company"], "pk_run");
    }),
    ...create("mapping_set", (t) => {
      t.string("company", ID).notNullable();
      t.integer("version").notNullable();
      event(t);
      t.string("sha256", 64).notNullable();
      t.string("in_force_since", MOMENT).notNullable();
      t.text("files").notNullable();
      rowHash(t);
      t.primary(["company", "version"], "pk_mapping_set");
    }),
    ...create("project", (t) => {
      t.bigIncrements("id");
      event(t);
      t.string("company", ID).notNullable();
      t.string("project_id", ID).notNullable();
      t.string("project_number", ID).notNullable();
      t.string("project_name", 400).notNullable();
      t.index(["project_id", "company"], "ix_project");
    }),
    ...create("batch", (t) => {
      t.bigIncrements("id");
      event(t);
      t.string("batch_id", ID).notNullable();
      t.string("company", ID).notNullable();
      t.integer("number").notNullable();
      t.string("created_at", MOMENT).notNullable();
      t.string("claim_day", 10).notNullable();
      t.string("transaction_date", 10).notNullable();
      t.string("tool_version", 40).notNullable();
      t.string("mapping_sha256", 64).notNullable();
      t.text("jce").notNullable();
      t.string("previous_manifest_sha256", 64).nullable();
      t.string("manifest_sha256", 64).nullable();
      t.string("written_at", MOMENT).nullable();
      t.bigInteger("written_event").nullable();
      t.unique(["batch_id"], { indexName: "ux_batch_id", useConstraint: true });
      t.unique(["company", "number"], { indexName: "ux_batch", useConstraint: true });
    }),
    ...create("sent_document", (t) => {
      t.bigIncrements("id");
      event(t);
      t.bigInteger("batch").nullable();
      t.bigInteger("project").notNullable();
      t.string("document", 20).notNullable();
      t.string("document_id", ID).notNullable();
      t.string("number", ID).notNullable();
      t.string("title", 400).notNullable();
      t.string("accepted_by", 200).notNullable();
      t.string("accepted_at", 60).notNullable();
      t.text("flags_before").notNullable();
      t.text("content").notNullable();
      t.unique(["project", "document", "document_id", "event"], {
        indexName: "ux_sent_document",
        useConstraint: true,
      });
      t.index(["batch"], "ix_sent_document_batch");
      t.index(["event"], "ix_sent_document_event");
    }),
    ...createByKey("import_line", (t) => {
      line(t);
      t.bigInteger("project").notNullable();
      t.string("kind", 20).notNullable();
      keyColumns(t);
      t.string("job_description", 400).notNullable();
      t.string("extra_description", 400).notNullable();
      t.integer("extra_is_new").notNullable();
      t.string("cost_code_description", 400).notNullable();
      t.integer("cost_code_is_new").notNullable();
      t.bigInteger("cents").notNullable();
      t.integer("in_file").notNullable();
      t.string("state", 30).notNullable();
      t.bigInteger("state_event").notNullable();
      t.bigInteger("posted_cents").notNullable();
      t.integer("ambiguous").notNullable();
      t.bigInteger("tied_out_event").nullable();
      rowHash(t);
      t.primary(["batch", "line_no"], "pk_import_line");
      t.index(["project"], "ix_import_line_project");
      t.index(["job"], "ix_import_line_job");
    }),
    ...createByKey("line_state", (t) => {
      line(t);
      event(t);
      t.string("state", 30).notNullable();
      t.bigInteger("posted_cents").notNullable();
      t.integer("ambiguous").notNullable();
      rowHash(t);
      t.primary(["batch", "line_no", "event"], "pk_line_state");
    }),
    ...create("movement", (t) => {
      t.bigIncrements("movement_id");
      event(t);
      t.string("from_account", 10).notNullable();
      t.string("to_account", 10).notNullable();
      t.bigInteger("cents").notNullable();
      t.string("cause", 40).notNullable();
      t.bigInteger("batch").nullable();
      t.integer("line_no").nullable();
      // What is moved out of `accepted` is told whole.
      t.bigInteger("sent_document").nullable();
      t.string("staging_line_id", ID).nullable();
      t.text("mapping_rows").nullable();
      // Where no import line says it.
      t.bigInteger("project").nullable();
      t.string("kind", 20).nullable();
      for (const column of KEY) t.string(column, ID).nullable();
      rowHash(t);
      t.index(["batch", "line_no"], "ix_movement_line");
      // Few have it: indexes of these alone, on the engine that finds them also where a value is a parameter.
      for (const column of ["project", "job"]) {
        const predicate = sql.build.whereNotNull(column);
        t.index([column], `ix_movement_${column}`, sql.engine === "sqlite" ? { predicate } : {});
      }
    }),
    ...createByKey("known_entry", (t) => {
      t.string("company", ID).notNullable();
      entryColumns(t);
      event(t);
      t.integer("known_at_batch").notNullable();
      t.integer("at_baseline").notNullable();
      rowHash(t);
      t.primary(["company", ...ENTRY], "pk_known_entry");
    }),
    ...createByKey("posting", (t) => {
      line(t);
      entryColumns(t);
      event(t);
      t.bigInteger("cents").notNullable();
      t.bigInteger("gone_event").nullable();
      rowHash(t);
      t.primary(["batch", "line_no", ...ENTRY, "event"], "pk_posting");
    }),
    ...create("hold", (t) => {
      t.bigIncrements("hold_id");
      event(t);
      t.string("company", ID).notNullable();
      document(t);
      t.string("project_number", ID).notNullable();
      t.string("staging_line_id", ID).nullable();
      t.string("field", 40).notNullable();
      t.string("value", 400).notNullable();
      t.string("rule", 40).notNullable();
      t.text("message").notNullable();
      t.text("remedy").notNullable();
      t.string("began_at", MOMENT).notNullable();
      t.string("ended_at", MOMENT).nullable();
      t.bigInteger("ended_event").nullable();
      rowHash(t);
      t.index(["company", "ended_at"], "ix_hold_ended_at");
    }),
    ...create("document_reason", (t) => {
      t.string("company", ID).notNullable();
      document(t);
      t.string("erp_status", 20).notNullable();
      t.string("accepted_at", 400).notNullable();
      t.string("reason", 1000).notNullable();
      t.string("since", MOMENT).notNullable();
      t.primary(["company", "document", "document_id"], "pk_document_reason");
    }),
    ...create("baseline", (t) => {
      t.string("company", ID).notNullable();
      t.string("project_id", ID).notNullable();
      event(t);
      t.string("project_number", ID).notNullable();
      t.string("job", ID).notNullable();
      t.string("source", 20).notNullable();
      t.bigInteger("cents").notNullable();
      t.string("document_id", ID).notNullable();
      t.string("accepted_by", 200).notNullable();
      t.string("accepted_at", 60).notNullable();
      t.string("reason", 1000).notNullable();
      t.string("actor", 200).notNullable();
      t.string("recorded_at", MOMENT).notNullable();
      t.string("recorded_day", 10).notNullable();
      t.integer("before_batch").notNullable();
      rowHash(t);
      t.primary(["company", "project_id"], "pk_baseline");
    }),
    ...create("release", (t) => {
      t.string("company", ID).notNullable();
      event(t);
      document(t);
      t.string("accepted_at", 60).notNullable();
      t.text("content").notNullable();
      t.string("rule", 40).notNullable();
      t.string("reason", 1000).notNullable();
      t.string("actor", 200).notNullable();
      t.string("released_at", MOMENT).notNullable();
      rowHash(t);
      t.primary(["company", "event"], "pk_release");
      t.index(["company", "project_id"], "ix_release_project_id");
    }),
    ...create("rejected_record", (t) => {
      t.string("company", ID).notNullable();
      t.string("file_sha256", 64).notNullable();
      t.integer("record").notNullable();
      event(t);
      t.string("file_name", 260).notNullable();
      t.string("read_at", MOMENT).notNullable();
      keyColumns(t);
      t.bigInteger("cents").notNullable();
      t.bigInteger("batch").nullable();
      t.integer("line_no").nullable();
      rowHash(t);
      t.primary(["company", "file_sha256", "record"], "pk_rejected_record");
    }),
    ...create("accepted_difference", (t) => {
      line(t);
      event(t);
      t.string("state", 30).notNullable();
      t.bigInteger("exported_cents").notNullable();
      t.bigInteger("posted_cents").notNullable();
      t.string("reason", 1000).notNullable();
      t.string("actor", 200).notNullable();
      t.string("accepted_at", MOMENT).notNullable();
      rowHash(t);
      t.primary(["batch", "line_no", "event"], "pk_accepted_difference");
    }),
    ...create("opening_total", (t) => {
      t.string("company", ID).notNullable();
      event(t);
      t.string("kind", 20).notNullable();
      keyColumns(t);
      t.bigInteger("master_cents").notNullable();
      t.bigInteger("entries_cents").notNullable();
      rowHash(t);
      t.index(["company", "job"], "ix_opening_total_job");
    }),
    ...createByKey("job", (t) => {
      t.string("company", ID).notNullable();
      t.string("job", ID).notNullable();
      t.string("digest", ID).nullable();
      t.string("settled_with", 64).notNullable();
      t.string("due_day", 10).nullable();
      t.primary(["company", "job"], "pk_job");
    }),
    ...create("tie_out_part", (t) => {
      t.bigIncrements("part_no");
      t.string("company", ID).notNullable();
      t.string("kind", 10).notNullable();
      t.string("name", ID).notNullable();
      t.string("sha256", 64).notNullable();
      t.text("body").notNullable();
      t.string("made_from", 64).nullable();
      t.bigInteger("replaced_by").nullable();
      for (const count of COUNT_NAMES) t.bigInteger(count).notNullable();
      t.index(["company", "kind", "name", "replaced_by"], "ix_tie_out_part");
      t.index(["company", "replaced_by"], "ix_tie_out_part_replaced_by");
    }),
    ...create("tie_out", (t) => {
      t.bigIncrements("tie_out_id");
      t.string("company", ID).notNullable();
      t.bigInteger("event").nullable();
      t.string("run_id", ID).notNullable();
      t.string("at", MOMENT).notNullable();
      t.string("day", 10).notNullable();
      t.bigInteger("last_part").notNullable();
      t.string("parts_sum", 64).notNullable();
      t.string("sha256", 64).notNullable();
      t.text("content").notNullable();
      t.text("copy").notNullable();
      t.bigInteger("highest_run").nullable();
      t.bigInteger("head_event").notNullable();
      t.bigInteger("row_hash").nullable();
      t.index(["company", "day"], "ix_tie_out_day");
    }),
    ...create("audit_event", (t) => {
      t.string("company", ID).notNullable();
      t.bigInteger("sequence").notNullable();
      t.string("at", MOMENT).notNullable();
      t.string("actor", 200).notNullable();
      t.string("run_id", ID).notNullable();
      t.string("event", 40).notNullable();
      t.string("subject", 200).notNullable();
      t.text("details").notNullable();
      t.string("previous_hash", 64).notNullable();
      t.string("hash", 64).notNullable();
      t.primary(["company", "sequence"], "pk_audit_event");
      t.index(["company", "run_id"], "ix_audit_event_run");
    }),
  ];
}

export const statementsOf = (builder: Knex.SchemaBuilder): string[] =>
  builder.toSQL().map((statement) => statement.sql);

const KEY = ["job", "extra", "cost_code", "category"] as const;
const ENTRY = ["job", "run", "sequence", "distribution"] as const;

/** The first eight bytes of the hash over the row that the event counts in: it tells which row was changed. */
const rowHash = (t: Table): void => {
  t.bigInteger("row_hash").notNullable();
};
const event = (t: Table): void => {
  t.bigInteger("event").notNullable();
};
const line = (t: Table): void => {
  t.bigInteger("batch").notNullable();
  t.integer("line_no").notNullable();
};
const keyColumns = (t: Table): void => {
  for (const column of KEY) t.string(column, ID).notNullable();
};
/** An entry of Sage: by job, run, sequence and distribution, which is empty where there is one. */
const entryColumns = (t: Table): void => {
  t.string("job", ID).notNullable();
  t.bigInteger("run").notNullable();
  t.bigInteger("sequence").notNullable();
  t.string("distribution", 40).notNullable();
};
const document = (t: Table): void => {
  t.string("project_id", ID).notNullable();
  t.string("document", 20).notNullable();
  t.string("document_id", ID).notNullable();
};
