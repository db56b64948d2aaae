import { readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

/** The package's folder, from the source as from the built code. */
export const packageFolder = (() => {
  let folder = dirname(fileURLToPath(import.meta.url));
  for (;;) {
    try {
      const { name } = JSON.parse(readFileSync(join(folder, "package.json"), "utf8")) as { name?: string };
      if (name === "tieout") return folder;
    } catch {
      // Not in this folder: look in the one above.
    }
    if (dirname(folder) === folder) throw new Error("the package's folder was not found");
    folder = dirname(folder);
  }
})();

export const TOOL_VERSION = (
  JSON.parse(readFileSync(join(packageFolder, "package.json"), "utf8")) as { version: string }
).version;
