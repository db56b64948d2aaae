import { randomUUID } from "node:crypto";
import { constants } from "node:fs";
import { access, lstat, mkdir, open, readdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";

/** What a file is to hold: all of it at once, or piece by piece as it is made. Texts are written in UTF-8. */
export type Contents = Uint8Array | AsyncIterable<string | Uint8Array>;

/** The file system as publishing needs it: what is written is on the disk when the call returns. */
export interface Files {
  /** Writes a new file through to the disk. @throws if it exists */
  write(path: string, contents: Contents): Promise<void>;
  read(path: string): Promise<Uint8Array>;
  /** The first bytes of a file, however large it is; all of it if it has no more. */
  readBeginning(path: string, bytes: number): Promise<Uint8Array>;
  /** Names in a folder, sorted; empty if there is no such folder. */
  list(folder: string): Promise<string[]>;
  exists(path: string): Promise<boolean>;
  /** Whether a file or folder may be written to, as far as its rights say. */
  mayWrite(path: string): Promise<boolean>;
  makeFolder(path: string): Promise<void>;
  /** A file, or a folder with all that is in it; nothing if it is not there. */
  remove(path: string): Promise<void>;
  rename(from: string, to: string): Promise<void>;
  /** Makes names in a folder durable, where the platform can. */
  syncFolder(path: string): Promise<void>;
}

const isMissing = (error: unknown): boolean => codeOf(error) === "ENOENT";
const codeOf = (error: unknown): string | undefined => (error as NodeJS.ErrnoException | undefined)?.code;

/** A scanner or a reader may hold a file for a moment on Windows. */
const HELD_BRIEFLY = new Set(["EPERM", "EACCES", "EBUSY"]);
const RENAME_ATTEMPTS = 10;

export const realFiles: Files = {
  async write(path, contents) {
    const handle = await open(path, "wx");
    try {
      await writeFile(handle, contents);
      await handle.sync();
    } finally {
      await handle.close();
    }
  },
  read: (path) => readFile(path),
  async readBeginning(path, bytes) {
    const handle = await open(path, constants.O_RDONLY);
    try {
      const { buffer, bytesRead } = await handle.read(Buffer.alloc(bytes), 0, bytes, 0);
      return buffer.subarray(0, bytesRead);
    } finally {
      await handle.close();
    }
  },
  async list(folder) {
    try {
      return (await readdir(folder)).sort();
    } catch (error) {
      if (isMissing(error)) return [];
      throw error;
    }
  },
  async exists(path) {
    try {
      await lstat(path);
      return true;
    } catch (error) {
      if (isMissing(error)) return false;
      throw error;
    }
  },
  async mayWrite(path) {
    try {
      await access(path, constants.W_OK);
      return true;
    } catch {
      return false;
    }
  },
  async makeFolder(path) {
    await mkdir(path, { recursive: true });
  },
  remove: (path) => rm(path, { recursive: true, force: true }),
  async rename(from, to) {
    for (let attempt = 1; ; attempt++) {
      try {
        return await rename(from, to);
      } catch (error) {
        if (attempt === RENAME_ATTEMPTS || !HELD_BRIEFLY.has(codeOf(error) ?? "")) throw error;
        await delay(50 * attempt);
      }
    }
  },
  async syncFolder(path) {
    if (process.platform === "win32") return;
    const handle = await open(path, constants.O_RDONLY);
    try {
      await handle.sync();
    } finally {
      await handle.close();
    }
  },
};

/**
 * Writes a file so that it appears complete or not at all, over an earlier one of the name. Under a temporary name of
 * its own, since two may write the same page at once.
 */
export async function writeWhole(files: Files, path: string, contents: Contents): Promise<void> {
  const folder = dirname(path);
  const temporary = join(folder, `.${basename(path)}.${randomUUID().slice(0, 8)}.tmp`);
  try {
    await files.write(temporary, contents);
    await files.rename(temporary, path);
  } catch (error) {
    await files.remove(temporary).catch(() => undefined);
    throw error;
  }
  await files.syncFolder(folder);
}
