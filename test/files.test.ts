import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { beforeEach, describe, expect, it, onTestFinished } from "vitest";
import { realFiles, writeWhole } from "../src/files.ts";

describe("a file", () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "tieout-files-"));
    onTestFinished(() => rmSync(folder, { recursive: true }));
  });

  it("is written piece by piece, and takes the name when it is whole", async () => {
    const path = join(folder, "a.txt");
    async function* pieces() {
      for (const piece of ["α", Buffer.from("b"), "c"]) {
        expect(existsSync(path)).toBe(false);
        yield piece;
      }
    }
    await writeWhole(realFiles, path, pieces());
    expect(readFileSync(path, "utf8")).toBe("αbc");
  });

  it("whose pieces come to no end leaves the one that was there, and nothing beside it", async () => {
    const path = join(folder, "a.txt");
    writeFileSync(path, "before");
    async function* pieces() {
      yield "half";
      throw new Error("no more");
    }
    await expect(writeWhole(realFiles, path, pieces())).rejects.toThrow("no more");
    expect(readdirSync(folder)).toEqual(["a.txt"]);
    expect(readFileSync(path, "utf8")).toBe("before");
  });

  it("can be read from its beginning alone", async () => {
    const path = join(folder, "a.txt");
    writeFileSync(path, "0123456789");
    const beginning = async (bytes: number) =>
      Buffer.from(await realFiles.readBeginning(path, bytes)).toString();
    expect(await beginning(4)).toBe("0123");
    expect(await beginning(400)).toBe("0123456789");
  });
});
