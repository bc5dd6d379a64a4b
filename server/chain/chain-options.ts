export interface ChainOptions {
  /** Made where it is missing. */
  readonly folder: string;
  /** Whether visitors' photographs are kept with their faces. */
  readonly keepPortraits: boolean;
  /** Faces older than so many days are forgotten; 0 keeps them. */
  readonly forgetAfter: number;
  readonly now?: () => number;
}
