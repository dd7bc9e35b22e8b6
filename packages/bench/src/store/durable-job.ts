/** How many jobs are added, and how many are being worked on, at once. */
export const concurrency = 50;

/** What both durable stores are given to keep: the request of an ordinary URL job, about 300 bytes. */
export function requestOf(number: number) {
  return {
    source: { kind: 'url' as const, url: `https://media.example.com/catalogue/2025/clips/${number}/master.mp4` },
    name: `catalogue/2025/clips/${number}/master.mp4`,
    metadata: { title: `Clip ${number} of the catalogue`, description: 'A clip that was made to be imported.' },
    options: { importly: { videoQuality: '1080p', includeAudio: true } },
  };
}
