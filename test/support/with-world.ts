import { beforeEach, onTestFinished } from "vitest";
import type { DatabasePair } from "./databases.ts";
import { makeWorld, type World } from "./world.ts";

export interface Site {
  readonly world: World;
  readonly pair: DatabasePair;
}
type Further = Parameters<typeof makeWorld> extends [DatabasePair, ...infer Rest] ? Rest : never;

/** A world for the test that runs, and gone with it. */
export async function ownWorld(makePair: () => Promise<DatabasePair>, ...further: Further): Promise<Site> {
  const pair = await makePair();
  onTestFinished(() => pair.remove());
  const world = await makeWorld(pair, ...further);
  onTestFinished(() => world.close());
  return { world, pair };
}

/** Gives each test of a suite a world of its own, which `begin` takes and makes ready. */
export function withWorld(
  makePair: () => Promise<DatabasePair>,
  begin: (site: Site) => unknown,
  company: Record<string, unknown> = {},
): void {
  beforeEach(async () => {
    await begin(await ownWorld(makePair, company));
  });
}
