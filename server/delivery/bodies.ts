interface Kept {
  tag: string;
  body: Buffer;
}

const mostBytes = 64 * 1024 * 1024;

/** Bundles as they are sent, by algorithm and tag: two with the same tag are the same. The oldest go first. */
export class Bodies {
  readonly #kept = new Map<string, Kept>();
  #bytes = 0;

  get(algorithmId: string): Kept | undefined {
    return this.#kept.get(algorithmId);
  }

  keep(algorithmId: string, kept: Kept): Kept {
    this.#drop(algorithmId);
    this.#kept.set(algorithmId, kept);
    this.#bytes += kept.body.length;
    for (const oldest of this.#kept.keys()) {
      if (this.#bytes <= mostBytes) break;
      this.#drop(oldest);
    }
    return kept;
  }

  #drop(algorithmId: string): void {
    this.#bytes -= this.#kept.get(algorithmId)?.body.length ?? 0;
    this.#kept.delete(algorithmId);
  }
}
