import { createHash } from "node:crypto";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { Db } from "../../src/db/db.ts";
import { openDatabase } from "../../src/db/open.ts";
import { cents, text } from "../../src/db/values.ts";
import {
  type AuditEvent,
  appendAudit,
  auditHash,
  canonical,
  EMPTY_CHAIN,
  nextAuditEvent,
} from "../../src/journal/audit-chain.ts";
import { migrateJournal } from "../../src/journal/migrate.ts";
import { type Names, namesFor } from "../../src/names.ts";
import { createStaging } from "../../src/staging/create-staging.ts";
import { type DatabasePair, eachDatabase } from "../support/databases.ts";
import { testClock } from "../support/world.ts";

const UNSIGNED = {
  company: "ACME",
  sequence: 7n,
  at: "2026-03-02T15:00:00Z",
  actor: "ann@office",
  runId: "run-1",
  event: "batch_claimed",
  subject: "ACME-000001",
  details: { original: "9600.00", lines: 3 },
  previousHash: EMPTY_CHAIN,
} satisfies Omit<AuditEvent, "hash">;

describe("an audit event's hash", () => {
  it("is SHA-256 over one JSON array of its fields and the hash before it, so that anybody can check it", () => {
    const fields =
      '["ACME","7","2026-03-02T15:00:00Z","ann@office","run-1","batch_claimed","ACME-000001",' +
      `"{\\"original\\":\\"9600.00\\",\\"lines\\":3}","${"0".repeat(64)}"]`;
    expect(auditHash(UNSIGNED)).toBe(createHash("sha256").update(fields).digest("hex"));
  });

  const changes: Record<keyof typeof UNSIGNED, unknown> = {
    company: "OTHER",
    sequence: 8n,
    at: "2026-03-02T15:00:01Z",
    actor: "bob@office",
    runId: "run-2",
    event: "batch_written",
    subject: "ACME-000002",
    details: { original: "9600.01", lines: 3 },
    previousHash: "1".repeat(64),
  };
  for (const [field, value] of Object.entries(changes))
    it(`changes with ${field}`, () => {
      expect(auditHash({ ...UNSIGNED, [field]: value })).not.toBe(auditHash(UNSIGNED));
    });

  it("tells apart fields that read the same when put together", () => {
    const moved = { ...UNSIGNED, event: 'batch_claimed","ACME', subject: "-000001" };
    const shifted = { ...UNSIGNED, event: "batch_claimedACME", subject: "-000001" };
    expect(new Set([UNSIGNED, moved, shifted].map(auditHash)).size).toBe(3);
  });

  it("is over the details' text: money of any size as digits, every character of a text kept", () => {
    expect(canonical({ cents: 2n ** 53n + 1n, text: 'Łódź "🏗️"\n', list: [1n, null] })).toBe(
      '{"cents":"9007199254740993","text":"Łódź \\"🏗️\\"\\n","list":["1",null]}',
    );
    const stored = canonical(UNSIGNED.details);
    expect(auditHash({ ...UNSIGNED, details: JSON.parse(stored) })).toBe(auditHash(UNSIGNED));
  });
});

eachDatabase("a company's chain", (makePair) => {
  let names: Names;
  let pair: DatabasePair;
  let db: Db;
  beforeEach(async () => {
    pair = await makePair();
    names = namesFor(pair.engine);
    db = await openDatabase(pair.owner.staging, { create: true });
    await createStaging(db, names);
    await migrateJournal(db, names, testClock());
  });
  afterEach(async () => {
    await db.close();
    await pair.remove();
  });

  const append = (company: string, subject: string): Promise<AuditEvent> =>
    db.transaction(async (tx) => {
      const who = { company, at: "2026-03-02T15:00:00Z", actor: "ann@office", runId: "run-1" };
      const event = await nextAuditEvent(tx, names, who, {
        event: "released",
        subject,
        details: { subject },
      });
      await appendAudit(tx, names, event);
      return event;
    });

  it("begins at zero and goes on from its own last event, beside other companies' chains", async () => {
    const first = await append("ACME", "a");
    const other = await append("OTHER", "b");
    const second = await append("ACME", "c");
    expect([first.sequence, first.previousHash]).toEqual([1n, EMPTY_CHAIN]);
    expect([other.sequence, other.previousHash]).toEqual([1n, EMPTY_CHAIN]);
    expect([second.sequence, second.previousHash]).toEqual([2n, first.hash]);
  });

  it("goes on past nine, by number and not by text", async () => {
    for (let n = 1; n <= 11; n++) expect((await append("ACME", `s${n}`)).sequence).toBe(BigInt(n));
  });

  it("is in the journal as it was hashed: every hash can be made again from its row", async () => {
    for (const subject of ["a", 'Łódź "🏗️"', "c"]) await append("ACME", subject);
    const rows = await db.query(db.sql.build(names.journal("audit_event")).orderBy("sequence").select());
    expect(rows).toHaveLength(3);
    let head = EMPTY_CHAIN;
    for (const row of rows) {
      const event = {
        company: text(row, "company"),
        sequence: cents(row, "sequence"),
        at: text(row, "at"),
        actor: text(row, "actor"),
        runId: text(row, "run_id"),
        event: text(row, "event"),
        subject: text(row, "subject"),
        details: JSON.parse(text(row, "details")),
        previousHash: head,
      };
      head = auditHash(event);
      expect([text(row, "previous_hash"), text(row, "hash")]).toEqual([event.previousHash, head]);
    }
  });

  it("has no event of a transaction that came to nothing, and no gap where it would have been", async () => {
    await append("ACME", "a");
    const undone = db.transaction(async (tx) => {
      const who = { company: "ACME", at: "2026-03-02T15:00:00Z", actor: "ann@office", runId: "run-1" };
      await appendAudit(
        tx,
        names,
        await nextAuditEvent(tx, names, who, { event: "released", subject: "b", details: {} }),
      );
      throw new Error("undone");
    });
    await expect(undone).rejects.toThrow("undone");
    expect((await append("ACME", "c")).sequence).toBe(2n);
  });
});
