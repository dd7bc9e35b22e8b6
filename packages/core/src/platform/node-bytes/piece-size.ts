/** Both ways it is doubled or halved. Milliseconds that a piece takes. */
const tooShort = 12;
const tooLong = 100;
const firstPiece = 128 * 1024;
const leastPiece = 64 * 1024;

/**
 * How much is read and given to a socket at once: as much as the line takes in a moment. So few large pieces fill a fast line, and a slow
 * one is told of often, and touches little of the memory that is there for it.
 */
export class PieceSize {
  readonly #most: number;
  #bytes: number;

  /** @param most what a buffer holds. Bytes */
  constructor(most: number) {
    this.#most = most;
    this.#bytes = Math.min(firstPiece, most);
  }

  get bytes(): number {
    return this.#bytes;
  }

  /** The socket took a piece of that size. */
  took(bytes: number, milliseconds: number): void {
    // The rest of a part says nothing about larger pieces.
    if (bytes < this.#bytes) return;
    if (milliseconds < tooShort) this.#bytes = Math.min(this.#most, bytes * 2);
    else if (milliseconds > tooLong) this.#bytes = Math.max(Math.min(leastPiece, this.#most), Math.floor(bytes / 2));
  }
}
