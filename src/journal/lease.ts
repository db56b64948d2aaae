import { randomUUID } from "node:crypto";
import { hostname } from "node:os";
import type { Lease } from "../context.ts";
import type { Db, Queries } from "../db/db.ts";
import { cents, text, textOrNull } from "../db/values.ts";
import type { Names } from "../names.ts";
import { untoldBy } from "./untold.ts";

export type Taken = { readonly lease: Lease } | { readonly heldBy: string };

/** How long a lease lasts unless renewed, by the database's clock. */
const LEASE_SECONDS = 60;

/** Thrown inside a transaction when another instance has taken over: nothing of it may be committed. */
export class LeaseLost extends Error {
  constructor(lease: Lease) {
    super(`another instance has taken over the work for ${lease.name}`);
  }
}

let holders = 0;
/** A holder says where it runs, so that the next run on the same machine sees when it has died. */
export const newHolder = (): string => `${hostname()}/${process.pid}/${Date.now().toString(36)}-${holders++}`;

/** Whether a holder ran on this machine and runs no more. */
export function holderIsGone(holder: string): boolean {
  const [host, pid] = holder.split("/");
  if (host !== hostname() || !pid) return false;
  if (Number(pid) === process.pid) return !ownHolders.has(holder);
  try {
    process.kill(Number(pid), 0);
    return false;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "ESRCH";
  }
}
const ownHolders = new Set<string>();

/** Takes the lease if it is free, has expired, or its holder is gone; else says who holds it. */
export async function takeLease(db: Db, names: Names, name: string, holder = newHolder()): Promise<Taken> {
  // Known before others can read it: until then it would look like one that a dead process left.
  ownHolders.add(holder);
  let taken: Taken | undefined;
  try {
    const work = (tx: Queries) => take(tx, names, name, holder);
    // Taking it again is no harm: whether a commit was heard or not, what counts is who holds it then.
    taken = await db.transaction(work, async () => false);
    return taken;
  } finally {
    if (!taken || "heldBy" in taken) ownHolders.delete(holder);
  }
}

async function take(tx: Queries, names: Names, name: string, holder: string): Promise<Taken> {
  const table = names.journal("lease");
  const [row] = await tx.query(
    tx.sql
      .build(tx.sql.locked(table))
      .where({ name })
      .select(
        "holder",
        "token",
        tx.sql.build.raw("case when expires_at > ? then 1 else 0 end as valid", [tx.sql.now()]),
      ),
  );
  if (!row) {
    await tx.query(
      tx.sql.build(table).insert({ name, holder, token: 1, expires_at: tx.sql.now(LEASE_SECONDS) }),
    );
    return { lease: { name, holder, token: 1n } };
  }
  const heldBy = text(row, "holder");
  if (heldBy === holder) return { lease: { name, holder, token: cents(row, "token") } };
  if (cents(row, "valid") === 1n && !holderIsGone(heldBy)) return { heldBy };
  const token = cents(row, "token") + 1n;
  await tx.query(
    tx.sql
      .build(table)
      .where({ name })
      .update({ holder, token: token.toString(), expires_at: tx.sql.now(LEASE_SECONDS) }),
  );
  return { lease: { name, holder, token } };
}

/**
 * Takes every lease away within a transaction, so that whoever slept through it can change nothing afterwards.
 * @returns one that is held and whose holder may be at work, then nothing is taken; null if there was none
 */
export async function takeEveryLease(
  tx: Queries,
  names: Names,
): Promise<{ readonly name: string; readonly holder: string } | null> {
  const table = names.journal("lease");
  const held = await tx.query(
    tx.sql.build(tx.sql.locked(table)).where("expires_at", ">", tx.sql.now()).select("name", "holder"),
  );
  const [atWork] = held.filter((row) => !holderIsGone(text(row, "holder")));
  if (atWork) return { name: text(atWork, "name"), holder: text(atWork, "holder") };
  await tx.query(
    tx.sql.build(table).update({ token: tx.sql.build.raw("token + 1"), expires_at: tx.sql.now(-1) }),
  );
  return null;
}

/**
 * One transaction of the journal under a lease: it is checked and renewed first. The mark that this leaves on the
 * lease's row tells afterwards whether the transaction took effect, should the answer to its commit be lost.
 * @throws LeaseLost
 */
export function withinLease<T>(
  { db, names, lease }: { readonly db: Db; readonly names: Names; readonly lease: Lease },
  work: (tx: Queries) => Promise<T>,
): Promise<T> {
  const mark = randomUUID();
  return db.transaction(
    async (tx) => {
      await holdLease(tx, names, lease, mark);
      const result = await work(tx);
      if (untoldBy(tx)) throw new Error(`no event tells of what was written for ${lease.name}`);
      return result;
    },
    (queries) => carriesMark(queries, names, lease, mark),
  );
}

/** Three times before a lease runs out. */
const RENEWED_EVERY_MS = (LEASE_SECONDS * 1_000) / 3;

/**
 * Renews a lease now and then, whatever its holder waits for. One that is lost is found so by whatever would be
 * written next. To be stopped before the lease is given back.
 */
export function keepRenewed(held: { readonly db: Db; readonly names: Names; readonly lease: Lease }): {
  stop(): Promise<void>;
} {
  let renewing: Promise<void> | null = null;
  const timer = setInterval(() => {
    renewing ??= withinLease(held, async () => undefined)
      .catch(() => undefined)
      .finally(() => {
        renewing = null;
      });
  }, RENEWED_EVERY_MS);
  timer.unref();
  return {
    async stop() {
      clearInterval(timer);
      await renewing;
    },
  };
}

async function holdLease(tx: Queries, names: Names, lease: Lease, mark: string): Promise<void> {
  const table = names.journal("lease");
  await tx.query(
    tx.sql
      .build(table)
      .where({ name: lease.name, holder: lease.holder, token: lease.token.toString() })
      .update({ expires_at: tx.sql.now(LEASE_SECONDS), last_transaction: mark }),
  );
  if (!(await isHeld(tx, names, lease))) throw new LeaseLost(lease);
}

/** Waits for a transaction that still has the lease's row, by writing to it what is there, and looks for its mark. */
async function carriesMark(queries: Queries, names: Names, { name }: Lease, mark: string): Promise<boolean> {
  const row = () => queries.sql.build(names.journal("lease")).where({ name });
  await queries.query(row().update({ name }));
  const [found] = await queries.query(row().select("last_transaction"));
  return found !== undefined && textOrNull(found, "last_transaction") === mark;
}

export async function isHeld(queries: Queries, names: Names, lease: Lease): Promise<boolean> {
  const rows = await queries.query(
    queries.sql.build(names.journal("lease")).where({ name: lease.name }).select("holder", "token"),
  );
  return rows.some((row) => text(row, "holder") === lease.holder && cents(row, "token") === lease.token);
}

/** Gives the lease back: the next one need not wait for its expiry. */
export async function releaseLease(db: Db, names: Names, lease: Lease): Promise<void> {
  // First: if the database is away, this process is known to have let go all the same.
  ownHolders.delete(lease.holder);
  await db.query(
    db.sql
      .build(names.journal("lease"))
      .where({ name: lease.name, holder: lease.holder, token: lease.token.toString() })
      .update({ expires_at: db.sql.now(-1) }),
  );
}
