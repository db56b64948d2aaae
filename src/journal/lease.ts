import { hostname } from "node:os";
import type { Db, Queries } from "../db/db.ts";
import type { Names } from "../db/names.ts";
import { cents, text } from "../db/values.ts";

/**
 * The right to work for a company. Each taking raises the token, and each journal transaction checks it: one
 * that was thought dead and wakes up finds its token outdated and can change nothing.
 */
export interface Lease {
  readonly name: string;
  readonly holder: string;
  readonly token: bigint;
}

export type Taken = { readonly lease: Lease } | { readonly heldBy: string };

/** How long a lease lasts unless renewed, by the database's clock. */
export const LEASE_SECONDS = 60;

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
    taken = await db.transaction((tx) => take(tx, names, name, holder));
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

/** Checks, as the first thing in a transaction, that the lease is still ours, and renews it. @throws LeaseLost */
export async function holdLease(tx: Queries, names: Names, lease: Lease): Promise<void> {
  const table = names.journal("lease");
  await tx.query(
    tx.sql
      .build(table)
      .where({ name: lease.name, holder: lease.holder, token: lease.token.toString() })
      .update({ expires_at: tx.sql.now(LEASE_SECONDS) }),
  );
  if (!(await isHeld(tx, names, lease))) throw new LeaseLost(lease);
}

export async function isHeld(queries: Queries, names: Names, lease: Lease): Promise<boolean> {
  const rows = await queries.query(
    queries.sql.build(names.journal("lease")).where({ name: lease.name }).select("holder", "token"),
  );
  return rows.some((row) => text(row, "holder") === lease.holder && cents(row, "token") === lease.token);
}

/** Gives the lease back: the next one need not wait for its expiry. */
export async function releaseLease(db: Db, names: Names, lease: Lease): Promise<void> {
  await db.query(
    db.sql
      .build(names.journal("lease"))
      .where({ name: lease.name, holder: lease.holder, token: lease.token.toString() })
      .update({ expires_at: db.sql.now(-1) }),
  );
  ownHolders.delete(lease.holder);
}
