import { graphemes } from './screen.ts'

/** A line that is being edited: the characters before the cursor and those behind it. */
export class EditedLine {
  before: string[] = []
  after: string[] = []

  get text(): string {
    return this.before.join('') + this.after.join('')
  }

  get length(): number {
    return this.before.length + this.after.length
  }

  set(text: string): void {
    this.before = graphemes(text)
    this.after = []
  }

  insert(text: string): void {
    // A combining character joins the one before it.
    const last = this.before.pop() ?? ''
    this.before.push(...graphemes(last + text))
  }

  move(count: number): void {
    for (; count < 0 && this.before.length > 0; count++) this.after.unshift(this.before.pop() as string)
    for (; count > 0 && this.after.length > 0; count--) this.before.push(this.after.shift() as string)
  }

  moveTo(where: 'start' | 'end'): void {
    this.move(where === 'start' ? -this.before.length : this.after.length)
  }

  moveWord(direction: 'left' | 'right'): void {
    this.move(direction === 'left' ? -this.#wordLeft() : this.#wordRight())
  }

  deleteLeft(): void {
    this.before.pop()
  }

  deleteRight(): void {
    this.after.shift()
  }

  /** @returns what was deleted, as all of those below. */
  deleteWordLeft(): string {
    return this.before.splice(this.before.length - this.#wordLeft()).join('')
  }

  deleteWordRight(): string {
    return this.after.splice(0, this.#wordRight()).join('')
  }

  deleteBefore(): string {
    return this.before.splice(0).join('')
  }

  deleteAfter(): string {
    return this.after.splice(0).join('')
  }

  #wordLeft(): number {
    return /\S*\s*$/.exec(this.before.map(oneUnit).join(''))![0].length
  }

  #wordRight(): number {
    return /^\s*\S*/.exec(this.after.map(oneUnit).join(''))![0].length
  }
}

/** A character of one code unit that is blank where the given one is, so that units can be counted. */
const oneUnit = (grapheme: string) => (/^\s/.test(grapheme) ? ' ' : 'x')
