/** Less than this says nothing; more than the most is weighed less and less. Milliseconds. */
const least = 3;
const most = 100;

/**
 * What an upload waits for: reading, and the digest of what was read, or the network. It goes by how long of late some lane was reading, and
 * how long none was: a line may be slow though no single wait for it is long.
 */
export class LineUse {
  #reading = 0;
  #waiting = 0;
  #reads = true;
  #since = performance.now();

  /** From now on some lane reads, or none does. */
  note(reads: boolean): void {
    const now = performance.now();
    if (this.#reads) this.#reading += now - this.#since;
    else this.#waiting += now - this.#since;
    if (this.#reading + this.#waiting > most) {
      this.#reading /= 2;
      this.#waiting /= 2;
    }
    this.#since = now;
    this.#reads = reads;
  }

  /** There are as many lanes as reading can serve, or more. */
  get isFull(): boolean {
    return this.#reading >= least && this.#reading > this.#waiting;
  }

  /** In how many milliseconds one more lane is worth its while if none reads until then; none when it is already. */
  get hasRoomIn(): number {
    return Math.max(0, least - this.#waiting, this.#reading - this.#waiting);
  }

  /** The number of lanes is another: what was until now says nothing about it. */
  reset(): void {
    this.note(this.#reads);
    this.#reading = 0;
    this.#waiting = 0;
  }
}
