/** Why a file is no module. */
export type RefusalReason =
  | 'too-large' | 'not-a-zip' | 'damaged' | 'before' | 'after' | 'several-disks' | 'zip64' | 'too-many-entries'
  | 'encrypted' | 'method' | 'name' | 'path' | 'link' | 'duplicate' | 'overlap' | 'disagreement'
  | 'entry-size' | 'unpacked-size' | 'ratio' | 'size-lie' | 'checksum'
  | 'manifest' | 'class-path' | 'factory' | 'too-slow';

/**
 * A file that is refused as a module. The message may be shown to whoever sent it: it says what is wrong, with which
 * entry, and what to do.
 */
export class ModuleRefused extends Error {
  constructor(
    readonly reason: RefusalReason,
    message: string,
    /** The entry that it is about, as it may be shown. */
    readonly entry?: string,
  ) {
    super(message);
    this.name = 'ModuleRefused';
  }
}

/** A name out of an archive, as it may be shown: bounded, on one line, nothing that turns the text around. */
export function shown(name: string): string {
  const plain = name.replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\ufffd]/gu, '\ufffd');
  return plain.length > 120 ? `${plain.slice(0, 80)}…${plain.slice(-30)}` : plain;
}

/** Throws the refusal of one entry; `what` goes on after its name. */
export function refuseEntry(reason: RefusalReason, name: string, what: string): never {
  throw new ModuleRefused(reason, `${shown(name) || 'An entry without a name'} ${what}`, shown(name));
}
