/**
 * The head of a class file (Java Virtual Machine Specification, section 4): who it is, what it extends and implements,
 * which methods it has. No package that reads class files is kept well, and this much of the format has not changed
 * since 1995 but for new kinds of constants (docs/decisions/0017-jar-inspection.md).
 */
export interface ClassHead {
  /** With slashes, as class files spell names. */
  name: string;
  superName: string;
  interfaces: string[];
  access: number;
  /** 52 is Java 8, 61 is Java 17. */
  major: number;
}

export interface Method {
  name: string;
  descriptor: string;
  access: number;
  code: Buffer | undefined;
}

export const access = { public: 0x0001, interface: 0x0200, abstract: 0x0400 } as const;

/** Bytes of a constant after its tag; 1 is text, with a length of its own. */
const constantBytes: Record<number, number> = { 3: 4, 4: 4, 5: 8, 6: 8, 7: 2, 8: 2, 9: 4, 10: 4, 11: 4, 12: 4, 15: 3, 16: 2, 17: 4, 18: 4, 19: 2, 20: 2 };

/** A class file that has been walked as far as the end of its constants. Throws a RangeError for bytes that are no class file. */
export class ClassFile {
  readonly head: ClassHead;
  private readonly constants: Uint32Array;
  private readonly fieldsAt: number;
  /** Texts by their constant: a small file can name a long text many thousand times. */
  private readonly texts = new Map<number, string>();

  constructor(private readonly bytes: Buffer) {
    if (bytes.length < 10 || bytes.readUInt32BE(0) !== 0xcafebabe) throw new RangeError('no class file');
    const count = bytes.readUInt16BE(8);
    this.constants = new Uint32Array(count);
    let at = 10;
    for (let index = 1; index < count; index++) {
      this.constants[index] = at;
      const tag = bytes.readUInt8(at);
      const size = tag === 1 ? 2 + bytes.readUInt16BE(at + 1) : constantBytes[tag];
      if (size === undefined) throw new RangeError('an unknown kind of constant');
      at += 1 + size;
      // A number of 64 bits takes two places.
      if (tag === 5 || tag === 6) index++;
    }
    const interfaceCount = bytes.readUInt16BE(at + 6);
    const interfaces = new Set(Array.from({ length: interfaceCount }, (_, index) => this.className(bytes.readUInt16BE(at + 8 + 2 * index))));
    const superIndex = bytes.readUInt16BE(at + 4);
    this.head = {
      major: bytes.readUInt16BE(6),
      access: bytes.readUInt16BE(at),
      name: this.className(bytes.readUInt16BE(at + 2)),
      superName: superIndex === 0 ? '' : this.className(superIndex),
      interfaces: [...interfaces],
    };
    this.fieldsAt = at + 8 + 2 * interfaceCount;
  }

  methods(): Method[] {
    const afterFields = this.members(this.fieldsAt, () => undefined);
    const methods: Method[] = [];
    this.members(afterFields, (method) => methods.push(method));
    return methods;
  }

  /** The text of a string constant; undefined where the constant is another kind. */
  stringAt(index: number): string | undefined {
    const at = this.at(index);
    return this.bytes.readUInt8(at) === 8 ? this.utf8(this.bytes.readUInt16BE(at + 1)) : undefined;
  }

  /** What a method reference points to. */
  methodAt(index: number): { owner: string; name: string; descriptor: string } {
    const at = this.at(index);
    const pair = this.at(this.bytes.readUInt16BE(at + 3));
    return { owner: this.className(this.bytes.readUInt16BE(at + 1)), name: this.utf8(this.bytes.readUInt16BE(pair + 1)), descriptor: this.utf8(this.bytes.readUInt16BE(pair + 3)) };
  }

  private members(start: number, found: (method: Method) => void): number {
    let at = start + 2;
    for (let left = this.bytes.readUInt16BE(start); left > 0; left--) {
      const [flags, name, descriptor, attributes] = [0, 2, 4, 6].map((offset) => this.bytes.readUInt16BE(at + offset)) as [number, number, number, number];
      at += 8;
      let code: Buffer | undefined;
      for (let more = attributes; more > 0; more--) {
        const length = this.bytes.readUInt32BE(at + 2);
        if (at + 6 + length > this.bytes.length) throw new RangeError('an attribute beyond the end');
        if (this.utf8(this.bytes.readUInt16BE(at)) === 'Code') {
          const codeLength = this.bytes.readUInt32BE(at + 10);
          if (codeLength + 8 > length) throw new RangeError('code beyond its attribute');
          code = this.bytes.subarray(at + 14, at + 14 + codeLength);
        }
        at += 6 + length;
      }
      found({ name: this.utf8(name), descriptor: this.utf8(descriptor), access: flags, code });
    }
    return at;
  }

  private at(index: number): number {
    const at = this.constants[index];
    if (!at) throw new RangeError('no such constant');
    return at;
  }

  private className(index: number): string {
    return this.utf8(this.bytes.readUInt16BE(this.at(index) + 1));
  }

  private utf8(index: number): string {
    const known = this.texts.get(index);
    if (known !== undefined) return known;
    const at = this.at(index);
    if (this.bytes.readUInt8(at) !== 1) throw new RangeError('a name that is no text');
    const length = this.bytes.readUInt16BE(at + 1);
    if (at + 3 + length > this.bytes.length) throw new RangeError('text beyond the end');
    const text = this.bytes.toString('utf8', at + 3, at + 3 + length);
    this.texts.set(index, text);
    return text;
  }
}

/** The class file in these bytes; undefined when there is none. */
export function readClass(bytes: Buffer): ClassFile | undefined {
  try {
    return new ClassFile(bytes);
  } catch (error) {
    if (error instanceof RangeError) return undefined;
    throw error;
  }
}
