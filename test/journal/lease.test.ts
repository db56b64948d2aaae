import { afterEach, beforeEach, expect, it, vi } from "vitest";
import type { Lease } from "../../src/context.ts";
import { openDatabase } from "../../src/db/open.ts";
import { keepRenewed, takeLease, withinLease } from "../../src/journal/lease.ts";
import type { RunContext } from "../../src/run/records.ts";
import { eachDatabase } from "../support/databases.ts";
import { withWorld } from "../support/with-world.ts";
import { COMPANY, type World } from "../support/world.ts";

eachDatabase("a lease", (makePair) => {
  let world: World;
  let context: RunContext;
  withWorld(makePair, (site) => {
    ({ world } = site);
    ({ context } = world);
  });
  beforeEach(() => {
    vi.useFakeTimers({ toFake: ["setInterval", "clearInterval"] });
  });
  afterEach(() => {
    vi.useRealTimers();
  });

  /** On another machine, where nobody sees whether a holder still lives. */
  const takenElsewhere = async (holder: string) => {
    const db = await openDatabase(context.config.staging);
    try {
      return await takeLease(db, context.names, COMPANY, holder);
    } finally {
      await db.close();
    }
  };
  const held = async (holder: string): Promise<Lease> => {
    const taken = await takenElsewhere(holder);
    if ("heldBy" in taken) throw new Error(`held by ${taken.heldBy}`);
    return taken.lease;
  };
  /** As if nobody had renewed it for a minute, by the database's clock. */
  const expire = () =>
    context.db.query(
      context.db.sql
        .build(context.names.journal("lease"))
        .where({ name: COMPANY })
        .update({ expires_at: context.db.sql.now(-1) }),
    );

  it("is renewed while its holder waits for something else, and not once he has stopped", async () => {
    const lease = await held("office/1/a");
    const renewal = keepRenewed({ ...context, lease });
    await expire();
    vi.advanceTimersByTime(20_000);
    await renewal.stop();
    expect(await takenElsewhere("cellar/1/b")).toEqual({ heldBy: "office/1/a" });

    await expire();
    vi.advanceTimersByTime(60_000);
    expect(await takenElsewhere("cellar/1/b")).toMatchObject({ lease: { holder: "cellar/1/b", token: 2n } });
  });

  it("that another has taken over is not taken back by renewing it, and its holder can write nothing", async () => {
    const lease = await held("office/1/a");
    const renewal = keepRenewed({ ...context, lease });
    await expire();
    await held("cellar/1/b");
    vi.advanceTimersByTime(20_000);
    await renewal.stop();
    expect(await takenElsewhere("office/1/a")).toEqual({ heldBy: "cellar/1/b" });
    await expect(withinLease({ ...context, lease }, async () => undefined)).rejects.toThrow("taken over");
  });
});
