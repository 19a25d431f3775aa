/** In characters. */
const LONGEST_PART = 1024;

/**
 * A text that grows by small pieces.
 *
 * A string that grows by `+=` keeps every piece of its own until somebody reads it, and what the piece was cut from:
 * several times the size of the text. So each part of some length is made one string.
 */
export class GrowingText {
  #whole: string;
  #part = '';

  constructor(before = '') {
    this.#whole = before;
  }

  add(piece: string): void {
    this.#part += piece;
    if (this.#part.length < LONGEST_PART) return;
    // Looking at a character makes the engine join the pieces.
    this.#part.charCodeAt(0);
    this.#whole += this.#part;
    this.#part = '';
  }

  get length(): number {
    return this.#whole.length + this.#part.length;
  }

  read(): string {
    return this.#part === '' ? this.#whole : this.#whole + this.#part;
  }
}
