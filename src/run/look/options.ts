/** What a look is limited to. */
export interface LookOptions {
  readonly company?: string | undefined;
}
