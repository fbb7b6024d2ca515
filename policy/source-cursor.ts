/** A place in a text that is being parsed. */
export class SourceCursor {
  constructor(
    private readonly source: string,
    public position: number,
  ) {}

  isAt(text: string): boolean {
    return this.source.startsWith(text, this.position);
  }

  /** Moves behind `text` if it is next. */
  skip(text: string): boolean {
    const isNext = this.isAt(text);
    if (isNext) this.position += text.length;
    return isNext;
  }

  /** @throws Error if `text` is not next */
  take(text: string): void {
    if (!this.skip(text)) this.fail(`${JSON.stringify(text)} is missing`);
  }

  /** @param form with the flag `y` @param what it is, for the error @throws Error if nothing of the form is next */
  match(form: RegExp, what: string): string {
    form.lastIndex = this.position;
    const [found] = form.exec(this.source) ?? [];
    if (found === undefined) return this.fail(`${what} is missing`);
    this.position += found.length;
    return found;
  }

  /** @throws Error with the place and some of the text there */
  fail(problem: string, position = this.position): never {
    this.position = position;
    const next = JSON.stringify(this.source.slice(position, position + 20));
    throw new Error(`policy, ${this.place()}: ${problem}, before ${next}`);
  }

  /** Line and column, both from 1. */
  place(): string {
    const lines = this.source.slice(0, this.position).split("\n");
    return `line ${lines.length}, column ${lines.at(-1)!.length + 1}`;
  }
}
