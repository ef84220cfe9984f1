/** Cuts a stream of bytes into lines without ever holding more than one line of the largest size. */
export class LineReader {
  private parts: Buffer[] = [];
  private size = 0;

  /**
   * @param largest bytes of a line without its end
   * @param onLine gets each line that is not empty
   * @param onTooLong is told once that a line is longer; nothing is read after that
   */
  constructor(
    private readonly largest: number,
    private readonly onLine: (line: Buffer) => void,
    private readonly onTooLong: () => void,
  ) {}

  private isOver = false;

  take(chunk: Buffer): void {
    let from = 0;
    while (!this.isOver) {
      const end = chunk.indexOf(10, from);
      const upTo = end === -1 ? chunk.length : end;
      if (this.size + upTo - from > this.largest) {
        this.isOver = true;
        this.parts = [];
        this.onTooLong();
        return;
      }
      if (end === -1) {
        if (from < chunk.length) this.parts.push(chunk.subarray(from));
        this.size += chunk.length - from;
        return;
      }
      if (this.size > 0) {
        this.parts.push(chunk.subarray(from, end));
        const line = Buffer.concat(this.parts);
        this.parts = [];
        this.size = 0;
        this.onLine(line);
      } else if (end > from) {
        this.onLine(chunk.subarray(from, end));
      }
      from = end + 1;
    }
  }
}
