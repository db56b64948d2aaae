/** The file and row (the header is row 1) that a mapping came from, e.g. `cost-codes.csv:14`; or how a code passed without one. */
export type MappingSource = string;

export interface JobMapping {
  readonly job: string;
  /** Several projects may share the job. */
  readonly shared: boolean;
  readonly source: MappingSource;
}
export interface ExtraMapping {
  readonly extra: string;
  readonly description: string;
  readonly source: MappingSource;
}
export interface CodeMapping {
  readonly code: string;
  readonly source: MappingSource;
}

/** One file of a set as it was read. */
export interface MappingFile {
  readonly name: string;
  readonly sha256: string;
  readonly text: string;
}

/** A company's mapping files, read and found good in form: what each staging code becomes in Sage. */
export interface MappingSet {
  /** Of the files' names and contents: the same files give the same value anywhere. */
  readonly sha256: string;
  readonly files: readonly MappingFile[];
  /** The row that covers it, the most specific one winning (contract §4); null if no row does. */
  job(projectNumber: string): JobMapping | null;
  /** The projects that rows lead to a job. */
  projectsOn(job: string): readonly string[];
  extra(projectNumber: string, subJob: string): ExtraMapping | null;
  costCode(projectNumber: string, costCode: string, costType: string): CodeMapping | null;
  category(projectNumber: string, costType: string): CodeMapping | null;
}
