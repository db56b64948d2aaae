import type { Knex } from "knex";
import { COUNT_NAMES } from "../core/tie-out/counts.ts";
import type { Sql } from "../db/db.ts";
import type { JournalTable, Names } from "../names.ts";
import { budgetActionView } from "./budget-action-view.ts";

export interface Migration {
  readonly version: number;
  readonly name: string;
  readonly statements: (sql: Sql, names: Names) => string[];
}

/** Ids and codes as staging may hold them; names; moments as `2026-11-22T18:04:05Z`. */
const ID = 100;
const MOMENT = 30;

/** Forward only: a migration that was released is never edited, a later one follows it. */
export const MIGRATIONS: readonly Migration[] = [
  {
    version: 1,
    name: "journal",
    statements: (sql, names) => [...journalTables(sql, names), ...budgetActionView(sql.engine, names)],
  },
  {
    version: 2,
    name: "last transaction of a lease",
    statements: (sql, names) =>
      statementsOf(
        sql.build.schema.alterTable(names.journal("lease"), (t) => {
          t.string("last_transaction", ID).nullable();
        }),
      ),
  },
  {
    version: 3,
    name: "baselines",
    statements: (sql, names) => [
      ...createTable(sql, names, "baseline", (t) => {
        t.string("company", ID).notNullable();
        t.string("project_id", ID).notNullable();
        t.string("project_number", ID).notNullable();
        t.string("job", ID).notNullable();
        t.string("source", 20).notNullable();
        t.bigInteger("cents").notNullable();
        t.string("reason", 1000).notNullable();
        t.string("actor", 200).notNullable();
        t.string("run_id", ID).notNullable();
        t.string("recorded_at", MOMENT).notNullable();
        t.string("recorded_day", 10).notNullable();
        t.integer("before_batch").notNullable();
        t.primary(["company", "project_id"], "pk_baseline");
      }),
      `drop view ${names.journal("budget_action")}`,
      ...budgetActionView(sql.engine, names, "baseline"),
    ],
  },
  {
    version: 4,
    name: "releases",
    statements: (sql, names) =>
      createTable(sql, names, "release", (t) => {
        t.string("company", ID).notNullable();
        t.string("project_id", ID).notNullable();
        t.string("document", 20).notNullable();
        t.string("document_id", ID).notNullable();
        t.string("accepted_at", 60).notNullable();
        t.text("content").notNullable();
        t.string("rule", 40).notNullable();
        t.string("reason", 1000).notNullable();
        t.string("actor", 200).notNullable();
        t.string("run_id", ID).notNullable();
        t.string("released_at", MOMENT).notNullable();
        t.primary(["run_id", "document_id"], "pk_release");
      }),
  },
  {
    version: 5,
    name: "rejects, accepted differences and tie-outs",
    statements: (sql, names) => [
      ...createTable(sql, names, "rejected_record", (t) => {
        t.string("company", ID).notNullable();
        t.string("file_sha256", 64).notNullable();
        t.integer("record").notNullable();
        t.string("file_name", 260).notNullable();
        t.string("read_at", MOMENT).notNullable();
        t.string("run_id", ID).notNullable();
        keyColumns(t);
        t.bigInteger("cents").notNullable();
        t.string("batch_id", ID).nullable();
        t.integer("line_no").nullable();
        t.primary(["company", "file_sha256", "record"], "pk_rejected_record");
      }),
      ...createTable(sql, names, "accepted_difference", (t) => {
        t.string("batch_id", ID).notNullable();
        t.integer("line_no").notNullable();
        t.string("company", ID).notNullable();
        t.string("state", 30).notNullable();
        t.bigInteger("exported_cents").notNullable();
        t.bigInteger("posted_cents").notNullable();
        t.string("reason", 1000).notNullable();
        t.string("actor", 200).notNullable();
        t.string("run_id", ID).notNullable();
        t.string("accepted_at", MOMENT).notNullable();
        t.primary(["batch_id", "line_no", "run_id"], "pk_accepted_difference");
      }),
      ...createTable(sql, names, "opening_total", (t) => {
        t.string("company", ID).notNullable();
        t.string("run_id", ID).notNullable();
        t.string("kind", 20).notNullable();
        keyColumns(t);
        t.bigInteger("master_cents").notNullable();
        t.bigInteger("entries_cents").notNullable();
        t.index(["company"], "ix_opening_total_company");
      }),
    ],
  },
  {
    version: 6,
    name: "cost codes that an import creates",
    statements: (sql, names) =>
      statementsOf(
        sql.build.schema.alterTable(names.journal("import_line"), (t) => {
          t.integer("cost_code_is_new").nullable();
        }),
      ),
  },
  {
    version: 7,
    name: "reasons of an acceptance",
    statements: (sql, names) => [
      `drop view ${names.journal("budget_action")}`,
      ...statementsOf(
        sql.build.schema.alterTable(names.journal("document_reason"), (t) => {
          // Named by the server: not every one takes a name here.
          t.string("accepted_at", 400).notNullable().defaultTo("", { constraintName: "" });
        }),
      ),
      ...budgetActionView(sql.engine, names, "baseline", "acceptance"),
    ],
  },
  {
    version: 8,
    name: "blanks around a status",
    statements: (sql, names) => [
      `drop view ${names.journal("budget_action")}`,
      ...budgetActionView(sql.engine, names, "baseline", "acceptance", "white_space"),
    ],
  },
  {
    version: 9,
    name: "entries known at a baseline",
    statements: (sql, names) => {
      const [table, baseline] = [names.journal("known_entry"), names.journal("baseline")];
      const own = table.slice(table.lastIndexOf(".") + 1);
      return [
        ...statementsOf(
          sql.build.schema.alterTable(table, (t) => {
            t.integer("at_baseline").nullable();
          }),
        ),
        // Until now the two could not be told apart: what may have been known at a baseline was.
        `update ${table} set at_baseline = 1 where exists (select 1 from ${baseline} b where b.company = ${own}.company and b.job = ${own}.job and b.before_batch = ${own}.known_at_batch)`,
      ];
    },
  },
  {
    version: 10,
    name: "tie-outs in parts",
    statements: (sql, names) => [
      ...createTable(sql, names, "job", (t) => {
        t.string("company", ID).notNullable();
        t.string("job", ID).notNullable();
        t.string("digest", ID).nullable();
        t.string("settled_with", 64).notNullable();
        t.string("due_day", 10).nullable();
        t.primary(["company", "job"], "pk_job");
      }),
      ...createTable(sql, names, "tie_out_part", (t) => {
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
      ...createTable(sql, names, "tie_out", (t) => {
        t.bigIncrements("tie_out_id");
        t.string("company", ID).notNullable();
        t.string("run_id", ID).notNullable();
        t.string("at", MOMENT).notNullable();
        t.string("day", 10).notNullable();
        t.bigInteger("last_part").notNullable();
        t.string("parts_sum", 64).notNullable();
        t.string("sha256", 64).notNullable();
        t.string("audit_head", 64).notNullable();
        t.text("content").notNullable();
        t.text("copy").notNullable();
        t.bigInteger("highest_run").nullable();
        t.index(["company", "day"], "ix_tie_out_day");
      }),
    ],
  },
];

const keyColumns = (t: Knex.CreateTableBuilder): void => {
  t.string("job", ID).notNullable();
  t.string("extra", ID).notNullable();
  t.string("cost_code", ID).notNullable();
  t.string("category", ID).notNullable();
};

const statementsOf = (builder: Knex.SchemaBuilder): string[] =>
  builder.toSQL().map((statement) => statement.sql);

const createTable = (
  sql: Sql,
  names: Names,
  table: JournalTable,
  define: (t: Knex.CreateTableBuilder) => void,
): string[] => statementsOf(sql.build.schema.createTable(names.journal(table), define));

function journalTables(sql: Sql, names: Names): string[] {
  const create = (table: JournalTable, define: (t: Knex.CreateTableBuilder) => void) =>
    createTable(sql, names, table, define);
  const document = (t: Knex.CreateTableBuilder) => {
    t.string("project_id", ID).notNullable();
    t.string("document", 20).notNullable();
    t.string("document_id", ID).notNullable();
  };

  return [
    ...create("lease", (t) => {
      t.string("name", ID).notNullable().primary("pk_lease");
      t.string("holder", 200).notNullable();
      t.bigInteger("token").notNullable();
      t.string("expires_at", MOMENT).notNullable();
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
      t.string("sha256", 64).notNullable();
      t.string("in_force_since", MOMENT).notNullable();
      t.string("run_id", ID).notNullable();
      t.text("files").notNullable();
      t.primary(["company", "version"], "pk_mapping_set");
    }),
    ...create("batch", (t) => {
      t.string("batch_id", ID).notNullable().primary("pk_batch");
      t.string("company", ID).notNullable();
      t.integer("number").notNullable();
      t.string("state", 20).notNullable();
      t.string("created_at", MOMENT).notNullable();
      t.string("claim_day", 10).notNullable();
      t.string("transaction_date", 10).notNullable();
      t.string("run_id", ID).notNullable();
      t.string("tool_version", 40).notNullable();
      t.string("mapping_sha256", 64).notNullable();
      t.text("jce").notNullable();
      t.string("previous_manifest_sha256", 64).nullable();
      t.string("audit_head", 64).notNullable();
      t.string("manifest_sha256", 64).nullable();
      t.string("written_at", MOMENT).nullable();
      t.unique(["company", "number"], { indexName: "ux_batch" });
    }),
    ...create("sent_document", (t) => {
      t.string("run_id", ID).notNullable();
      t.string("batch_id", ID).nullable();
      t.string("event", 20).notNullable();
      t.string("company", ID).notNullable();
      document(t);
      t.string("number", ID).notNullable();
      t.string("title", 400).notNullable();
      t.string("accepted_by", 200).notNullable();
      t.string("accepted_at", 60).notNullable();
      t.string("sent_at", MOMENT).notNullable();
      t.text("flags_before").notNullable();
      t.text("content").notNullable();
      t.primary(["run_id", "document", "document_id"], "pk_sent_document");
      t.index(["company", "project_id"], "ix_sent_document_project_id");
      t.index(["batch_id"], "ix_sent_document_batch_id");
    }),
    ...create("import_line", (t) => {
      t.string("batch_id", ID).notNullable();
      t.integer("line_no").notNullable();
      t.string("company", ID).notNullable();
      t.string("kind", 20).notNullable();
      t.string("project_id", ID).notNullable();
      t.string("project_number", ID).notNullable();
      t.string("project_name", 400).notNullable();
      keyColumns(t);
      t.string("job_description", 400).notNullable();
      t.string("extra_description", 400).notNullable();
      t.integer("extra_is_new").notNullable();
      t.string("cost_code_description", 400).notNullable();
      t.bigInteger("cents").notNullable();
      t.integer("in_file").notNullable();
      t.string("state", 30).notNullable();
      t.string("state_since", MOMENT).notNullable();
      t.bigInteger("posted_cents").notNullable();
      t.integer("ambiguous").notNullable();
      t.string("tied_out_at", MOMENT).nullable();
      t.primary(["batch_id", "line_no"], "pk_import_line");
      t.index(["company", "project_id"], "ix_import_line_project_id");
    }),
    ...create("movement", (t) => {
      t.bigIncrements("movement_id");
      t.string("company", ID).notNullable();
      t.string("run_id", ID).notNullable();
      t.string("moved_at", MOMENT).notNullable();
      t.string("from_account", 20).notNullable();
      t.string("to_account", 20).notNullable();
      t.bigInteger("cents").notNullable();
      t.string("kind", 20).notNullable();
      keyColumns(t);
      document(t);
      t.string("staging_line_id", ID).nullable();
      t.string("cause", 40).notNullable();
      t.string("batch_id", ID).nullable();
      t.integer("line_no").nullable();
      t.string("accepted_by", 200).notNullable();
      t.string("accepted_at", 60).notNullable();
      t.text("mapping_rows").notNullable();
      t.index(["company", "project_id"], "ix_movement_project_id");
      t.index(["batch_id"], "ix_movement_batch_id");
    }),
    ...create("known_entry", (t) => {
      t.string("company", ID).notNullable();
      t.string("job", ID).notNullable();
      t.bigInteger("run").notNullable();
      t.bigInteger("sequence").notNullable();
      t.integer("known_at_batch").notNullable();
      t.primary(["company", "job", "run", "sequence"], "pk_known_entry");
    }),
    ...create("posting", (t) => {
      t.string("batch_id", ID).notNullable();
      t.integer("line_no").notNullable();
      t.string("company", ID).notNullable();
      t.string("job", ID).notNullable();
      t.bigInteger("run").notNullable();
      t.bigInteger("sequence").notNullable();
      t.bigInteger("cents").notNullable();
      t.string("matched_at", MOMENT).notNullable();
      t.primary(["batch_id", "line_no", "run", "sequence"], "pk_posting");
    }),
    ...create("hold", (t) => {
      t.bigIncrements("hold_id");
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
      t.index(["company", "ended_at"], "ix_hold_ended_at");
    }),
    ...create("document_reason", (t) => {
      t.string("company", ID).notNullable();
      document(t);
      t.string("erp_status", 20).notNullable();
      t.string("reason", 1000).notNullable();
      t.string("since", MOMENT).notNullable();
      t.primary(["company", "document", "document_id"], "pk_document_reason");
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
    }),
  ];
}
