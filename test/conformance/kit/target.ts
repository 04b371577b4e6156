/** A server that the suite is run on. */
export interface Target {
  /** Names the run in test titles. */
  readonly name: string;
  readonly url: string;
  /** A system admin, or (with fewer rules that can be checked) any user. */
  readonly loginId: string;
  readonly password: string;
  /** Longest wait for what the server has to cause, in milliseconds. */
  readonly patienceMs: number;
  /** Ends sessions of everybody on the server, strangers included: only where that harms nobody. */
  readonly allowDestructive: boolean;
  /** Operations that this server answers but does not carry out, though its version has them. */
  readonly idle: readonly string[];
  /** Whether what was seen is printed at the end, besides what was not checked. */
  readonly tells: boolean;
  close(): Promise<void>;
}
