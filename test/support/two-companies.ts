import { join } from "node:path";
import { openDatabase } from "../../src/db/open.ts";
import { createSageCopy } from "../../src/demo/sage/create-copy.ts";
import { sageSimulator } from "../../src/demo/sage/simulator.ts";
import type { RunContext } from "../../src/run/records.ts";
import { openOffice } from "./accountants.ts";
import type { DatabasePair } from "./databases.ts";
import { grantReadingSage, makeWorld } from "./world.ts";

/** ACME and BETA on one staging database and one set of mapping files, each with its own Sage and outbox. */
export async function makeTwoCompanies(
  makePair: () => Promise<DatabasePair>,
  company: Record<string, unknown> = {},
) {
  const pair = await makePair();
  const world = await makeWorld(pair, company);
  const [acme] = world.context.config.companies;
  if (!acme) throw new Error("the configuration has a company");
  // The second pair's staging is nobody's.
  const betaPair = await makePair();
  const beta = { ...acme, id: "BETA", sage: betaPair.sage, outbox: join(pair.folder, "outbox-beta") };
  const context: RunContext = {
    ...world.context,
    config: { ...world.context.config, companies: [acme, beta] },
  };

  const betaDb = await openDatabase(betaPair.owner.sage, { create: true });
  await createSageCopy(betaDb);
  await grantReadingSage(betaPair, betaDb);
  return {
    world,
    context,
    own: openOffice(acme.outbox, world.sageDb, world.sage),
    other: openOffice(beta.outbox, betaDb, sageSimulator(betaDb, world.clock)),
    async close(): Promise<void> {
      await betaDb.close();
      await world.close();
      await pair.remove();
      await betaPair.remove();
    },
  };
}
