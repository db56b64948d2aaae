/** The hash that a chain ended with once, as something outside the journal has kept it. */
export interface KnownHead {
  readonly hash: string;
  /** The file, or the option that it was given with. */
  readonly source: string;
}

/** Something that is wrong with a chain: which event, by its number, or null where it is about none; and what. */
export interface AuditFinding {
  readonly sequence: string | null;
  readonly name: string;
  readonly message: string;
  readonly hint: string;
}
