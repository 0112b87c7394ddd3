/** The ids that were added last, and no more of them than there may be, however many are added. */
export class RecentIds {
  // In the order of their adding.
  readonly #ids = new Set<string>();

  constructor(private readonly max: number) {}

  add(id: string): void {
    this.#ids.add(id);
    if (this.#ids.size <= this.max) return;
    for (const oldest of this.#ids) {
      this.#ids.delete(oldest);
      return;
    }
  }

  has(id: string): boolean {
    return this.#ids.has(id);
  }
}
