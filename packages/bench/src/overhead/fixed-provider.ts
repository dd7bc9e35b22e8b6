/** An Importly that takes no time: every import is accepted, and completed at its last look. */
export class FixedProvider {
  readonly #looks: number;
  readonly #seen = new Map<string, number>();
  #accepted = 0;

  /** @param looks how many looks an import takes */
  constructor(looks: number) {
    this.#looks = looks;
  }

  /** The answer to a call, as JSON text. */
  answer(method: string, url: string): string {
    if (method === 'POST') return this.#accept();
    return this.#look(url.slice(url.lastIndexOf('=') + 1));
  }

  #accept(): string {
    this.#accepted += 1;
    return JSON.stringify({
      success: true,
      data: { jobId: `import-${this.#accepted}`, status: 'queued', message: 'Media import has been queued.' },
    });
  }

  #look(id: string): string {
    const seen = (this.#seen.get(id) ?? 0) + 1;
    if (seen < this.#looks) {
      this.#seen.set(id, seen);
      return JSON.stringify({ success: true, data: { jobId: id, status: 'running' } });
    }
    this.#seen.delete(id);
    return JSON.stringify({ success: true, data: { jobId: id, status: 'completed', completedAt, result: result(id) } });
  }
}

const completedAt = '2025-01-01T00:00:00.000Z';

function result(id: string) {
  return {
    message: 'Import completed successfully',
    mediaUrl: `https://media.example.com/${id}/video.mp4`,
    title: 'A clip',
    duration: 12.5,
    creditsUsed: 3,
    fileSizeBytes: 1_234_567,
  };
}
