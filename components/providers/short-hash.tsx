import { CopyButton } from '@/components/ui/copy-button';

/** Both ends of a SHA-256, which is what one compares by eye; the whole of it in its title, and to copy. */
export function ShortHash({ sha256 }: { sha256: string }) {
  return (
    <span className="inline-flex items-center gap-1.5">
      <span className="font-mono" title={sha256}>
        {sha256.slice(0, 8)}…{sha256.slice(-8)}
      </span>
      <CopyButton text={sha256} what="the SHA-256" className="-my-1" />
    </span>
  );
}
