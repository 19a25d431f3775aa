/** In characters. */
const LONGEST_PART = 1024;

/**
 * A text that grows in small pieces.
 *
 * A string that grows by `+=` keeps every piece, and the text it was cut from, until it is read: several times the size
 * of the text. So pieces are joined into one string every 1 024 characters.
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
    // Reading a character makes the engine join the pieces.
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
