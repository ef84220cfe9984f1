import { ClassFile } from './class-file';

const stringParameter = /^\([^)]*Ljava\/util\/Map;(?:[^)]*)Ljava\/lang\/String;/;
const mapParameter = /^\([^)]*Ljava\/util\/Map;/;
const maps = new Set(['java/util/Map', 'java/util/HashMap', 'java/util/AbstractMap']);
const reads = new Set(['get', 'getOrDefault', 'containsKey', 'remove']);
const maxClasses = 8;
const maxKeys = 50;

/**
 * The keys that a factory reads from its configuration, as far as constants show it: text that is loaded just before
 * `Map.get`, or before a method of the plugin's own that takes the map and a text; also in the classes that the factory
 * hands the map to. A help for whoever fills in the form, and nothing that anything relies on.
 */
export function configurationKeys(factory: string, open: (className: string) => ClassFile | undefined): string[] {
  const keys = new Set<string>();
  const waiting = [factory];
  const seen = new Set(waiting);
  for (let count = 0; count < maxClasses && waiting.length > 0; count++) {
    const file = open(waiting.shift() ?? '');
    if (!file) continue;
    try {
      for (const { code } of file.methods()) {
        if (!code) continue;
        for (const owner of scan(file, code, keys)) {
          if (seen.has(owner)) continue;
          seen.add(owner);
          waiting.push(owner);
        }
      }
    } catch (error) {
      // What the bytes do not show is left out.
      if (!(error instanceof RangeError)) throw error;
    }
  }
  return [...keys].slice(0, maxKeys);
}

const isKey = (text: string) => text.length > 0 && text.length <= 128 && /^[\w.:/-]+$/.test(text);

/** Collects keys from one method's code, and answers the classes that it hands a map to. */
function scan(file: ClassFile, code: Buffer, keys: Set<string>): Set<string> {
  const given = new Set<string>();
  let texts: string[] = [];
  for (let at = 0; at < code.length; at += lengthOf(code, at)) {
    const opcode = code.readUInt8(at);
    if (opcode === 18 || opcode === 19) {
      const text = file.stringAt(opcode === 18 ? code.readUInt8(at + 1) : code.readUInt16BE(at + 1));
      if (text !== undefined) texts = [...texts.slice(-3), text];
    } else if (opcode >= 182 && opcode <= 185) {
      const { owner, name, descriptor } = file.methodAt(code.readUInt16BE(at + 1));
      if (maps.has(owner) && reads.has(name)) take(name === 'getOrDefault' ? texts.at(-2) ?? texts.at(-1) : texts.at(-1));
      else if (stringParameter.test(descriptor)) take(texts[0]);
      if (mapParameter.test(descriptor) && !owner.startsWith('java/')) given.add(owner);
      texts = [];
    } else if (!(opcode >= 21 && opcode <= 45)) texts = [];
  }
  return given;

  function take(text: string | undefined): void {
    if (text !== undefined && isKey(text)) keys.add(text);
  }
}

/** Bytes of an instruction with its operands, for those that have operands and a fixed length. */
const operands = new Map<number, number>([
  [16, 2], [17, 3], [18, 2], [19, 3], [20, 3], ...range(21, 25, 2), ...range(54, 58, 2), [132, 3], ...range(153, 168, 3), [169, 2], ...range(178, 184, 3),
  [185, 5], [186, 5], [187, 3], [188, 2], [189, 3], [192, 3], [193, 3], [197, 4], [198, 3], [199, 3], [200, 5], [201, 5],
]);

function range(from: number, to: number, length: number): [number, number][] {
  return Array.from({ length: to - from + 1 }, (_, index) => [from + index, length]);
}

function lengthOf(code: Buffer, at: number): number {
  const opcode = code.readUInt8(at);
  const table = (at & ~3) + 4;
  if (opcode === 170) {
    const cases = code.readInt32BE(table + 8) - code.readInt32BE(table + 4) + 1;
    if (cases < 0) throw new RangeError('a table that goes backwards');
    return table + 12 + 4 * cases - at;
  }
  if (opcode === 171) return table + 8 + 8 * code.readUInt32BE(table + 4) - at;
  if (opcode === 196) return code.readUInt8(at + 1) === 132 ? 6 : 4;
  return operands.get(opcode) ?? 1;
}
