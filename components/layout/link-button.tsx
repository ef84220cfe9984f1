import Link from 'next/link';
import type { ReactNode } from 'react';
import { buttonClass, type ButtonKind, type ButtonSize } from '@/components/ui/button-class';

type LinkButtonProps = {
  href: string;
  kind?: ButtonKind;
  size?: ButtonSize;
  className?: string;
  /** Its whole name, where the text alone would be the same in every row. */
  name?: string;
  children: ReactNode;
};

/** A link that stands where a button would. */
export function LinkButton({ href, kind, size, className, name, children }: LinkButtonProps) {
  return (
    <Link href={href} aria-label={name} className={buttonClass(kind, size, className)}>
      {children}
    </Link>
  );
}
