import type { Db } from "../db/db.ts";
import { integer } from "../db/values.ts";

/** A right on a table or view, or on one column of it. */
export interface AskedRight {
  readonly object: string;
  readonly right: string;
  readonly column?: string;
}

/**
 * Asks SQL Server which rights the login has, in one statement. Nothing is tried out. Rights are named in capitals, as
 * they must be where the server tells them apart.
 */
export async function askRights<T extends AskedRight>(
  db: Db,
  asked: readonly T[],
): Promise<(T & { readonly granted: boolean })[]> {
  if (asked.length === 0) return [];
  const { build } = db.sql;
  const [row] = await db.query(
    build.select(
      asked.map(({ object, right, column }, index) =>
        column === undefined
          ? build.raw("has_perms_by_name(?, 'OBJECT', ?) as ??", [
              object,
              right.toUpperCase(),
              `right_${index}`,
            ])
          : build.raw("has_perms_by_name(?, 'OBJECT', ?, ?, 'COLUMN') as ??", [
              object,
              right.toUpperCase(),
              column,
              `right_${index}`,
            ]),
      ),
    ),
  );
  return asked.map((one, index) => ({ ...one, granted: isGranted(row?.[`right_${index}`]) }));
}

/** Roles that may do anything, if the login has one. */
export async function broadRoles(db: Db): Promise<string[]> {
  const [row] = await db.query(
    db.sql.build.raw("select is_srvrolemember('sysadmin') as sysadmin, is_member('db_owner') as db_owner"),
  );
  return row ? ["sysadmin", "db_owner"].filter((role) => row[role] !== null && integer(row, role) === 1) : [];
}

/** Null says that there is no such object, or none that the login may see. */
const isGranted = (value: unknown): boolean => Number(value ?? 0) === 1;
