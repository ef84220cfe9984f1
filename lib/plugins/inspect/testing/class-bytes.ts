export interface ClassOptions {
  name: string;
  superName?: string;
  interfaces?: string[];
  /** ACC_PUBLIC | ACC_SUPER unless said. */
  access?: number;
  major?: number;
  /** Access of the constructor without arguments; undefined leaves it out. */
  constructorAccess?: number | undefined;
  /** Keys that `create(Map)` reads by Map.get. */
  reads?: string[];
  /** Keys that it reads through a static method `need(Map, String)` of its own. */
  needs?: string[];
  /** A class to whose constructor `create(Map)` hands the map. */
  handsTo?: string;
  /** Text constants for weight. */
  ballast?: string[];
}

const u8 = (value: number) => Buffer.from([value & 255]);
const u16 = (value: number) => Buffer.from([(value >> 8) & 255, value & 255]);
const u32 = (value: number) => Buffer.concat([u16(value >>> 16), u16(value & 0xffff)]);

class Constants {
  readonly parts: Buffer[] = [];
  private readonly known = new Map<string, number>();

  private add(key: string, bytes: () => Buffer): number {
    const found = this.known.get(key);
    if (found !== undefined) return found;
    const made = bytes();
    this.parts.push(made);
    this.known.set(key, this.parts.length);
    return this.parts.length;
  }

  utf8(text: string): number {
    const bytes = Buffer.from(text);
    return this.add(`u${text}`, () => Buffer.concat([u8(1), u16(bytes.length), bytes]));
  }

  className(name: string): number {
    const index = this.utf8(name);
    return this.add(`c${name}`, () => Buffer.concat([u8(7), u16(index)]));
  }

  text(text: string): number {
    const index = this.utf8(text);
    return this.add(`s${text}`, () => Buffer.concat([u8(8), u16(index)]));
  }

  method(owner: string, name: string, descriptor: string, tag = 10): number {
    const ownerIndex = this.className(owner);
    const [nameIndex, typeIndex] = [this.utf8(name), this.utf8(descriptor)];
    const pair = this.add(`n${name}${descriptor}`, () => Buffer.concat([u8(12), u16(nameIndex), u16(typeIndex)]));
    return this.add(`m${owner}.${name}${descriptor}`, () => Buffer.concat([u8(tag), u16(ownerIndex), u16(pair)]));
  }
}

/** A class file as javac would write it, as far as anyone looks who does not run it. */
export function classBytes(options: ClassOptions): Buffer {
  const { name, superName = 'java/lang/Object', interfaces = [], access = 0x21, major = 52, reads = [], needs = [] } = options;
  const constants = new Constants();
  const codeName = constants.utf8('Code');
  const methodOf = (flags: number, methodName: string, descriptor: string, code: Buffer) =>
    Buffer.concat([u16(flags), u16(constants.utf8(methodName)), u16(constants.utf8(descriptor)), u16(1), u16(codeName), u32(12 + code.length), u16(4), u16(4), u32(code.length), code, u16(0), u16(0)]);
  const methods: Buffer[] = [];
  const constructorAccess = 'constructorAccess' in options ? options.constructorAccess : 1;
  if (constructorAccess !== undefined) {
    methods.push(methodOf(constructorAccess, '<init>', '()V', Buffer.concat([u8(42), u8(183), u16(constants.method(superName, '<init>', '()V')), u8(177)])));
  }
  const get = () => constants.method('java/util/Map', 'get', '(Ljava/lang/Object;)Ljava/lang/Object;', 11);
  const create = [
    ...reads.map((key) => Buffer.concat([u8(43), u8(19), u16(constants.text(key)), u8(185), u16(get()), u8(2), u8(0), u8(87)])),
    ...needs.map((key) => Buffer.concat([u8(43), u8(19), u16(constants.text(key)), u8(184), u16(constants.method(name, 'need', '(Ljava/util/Map;Ljava/lang/String;)Ljava/lang/String;')), u8(87)])),
    ...(options.handsTo === undefined ? [] : [Buffer.concat([u8(187), u16(constants.className(options.handsTo)), u8(89), u8(43), u8(183), u16(constants.method(options.handsTo, '<init>', '(Ljava/util/Map;)V')), u8(87)])]),
    Buffer.concat([u8(1), u8(176)]),
  ];
  methods.push(methodOf(1, 'create', '(Ljava/util/Map;)Lcom/algorithmia/sdk/plugin/secrets/SecretProvider;', Buffer.concat(create)));
  for (const text of options.ballast ?? []) constants.text(text);
  const body = Buffer.concat([
    u16(access), u16(constants.className(name)), u16(constants.className(superName)), u16(interfaces.length), ...interfaces.map((each) => u16(constants.className(each))),
    u16(0), u16(methods.length), ...methods, u16(0),
  ]);
  return Buffer.concat([u32(0xcafebabe), u16(0), u16(major), u16(constants.parts.length + 1), ...constants.parts, body]);
}
