import type { Metadata, Viewport } from 'next';
import { cookies } from 'next/headers';
import type { ReactNode } from 'react';
import { themeCookie, themeOf } from '@/components/layout/theme';
import { ToastProvider } from '@/components/ui/toast';
import { cx } from '@/components/ui/cx';
import { monoFace, nextFace } from './fonts';
import './globals.css';

export const metadata: Metadata = {
  title: { default: 'Secret Store', template: '%s · Secret Store' },
  description: 'Stores secrets for algorithms. A stored value is opened only on the worker that needs it.',
  robots: { index: false, follow: false },
  referrer: 'same-origin',
};

export const viewport: Viewport = {
  width: 'device-width',
  initialScale: 1,
  colorScheme: 'light dark',
};

/** The chosen theme is in the first bytes of the page, so that nothing flashes. */
export default async function RootLayout({ children }: { children: ReactNode }) {
  const theme = themeOf((await cookies()).get(themeCookie)?.value);
  return (
    <html lang="en" className={cx(nextFace.variable, monoFace.variable, theme !== 'system' && theme)} suppressHydrationWarning>
      <body>
        <ToastProvider>{children}</ToastProvider>
      </body>
    </html>
  );
}
