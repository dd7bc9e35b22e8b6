/** A provider that is called, and how. */
export interface Target {
  baseUrl: string;
  apiKey: string;
  /** How long to wait before each look, in milliseconds. */
  pollMs: number;
  /** In place of the network. */
  fetch?: typeof fetch;
}

/** One way of importing: Sluice, or the same calls made by hand. */
export interface Importer {
  /** Starts an import and sees it through. */
  import(source: string): Promise<unknown>;
  close(): Promise<void>;
}
