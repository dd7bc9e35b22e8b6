import type { Manifest } from './open-manifest.js';
import { cellText, isBad } from './row.js';

/** What a manifest holds, without looking at it closely. */
export interface Survey {
  rows: number;
  /** The providers that rows name; undefined stands for rows that name none. */
  providers: Set<string | undefined>;
}

/** Counts the rows of a manifest. */
export async function surveyManifest(manifest: Manifest): Promise<Survey> {
  const survey: Survey = { rows: 0, providers: new Set() };
  for await (const row of manifest.rows()) {
    survey.rows += 1;
    if (isBad(row)) continue;
    const provider = cellText(row.cells.provider);
    survey.providers.add(provider === '' ? undefined : provider);
  }
  return survey;
}
