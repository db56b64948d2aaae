/** `npm run docs`: writes the pages of docs/ that are made from tables of the code. */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { holdsPage } from "./holds-page.ts";

writeFileSync(join("docs", "holds.md"), holdsPage());
