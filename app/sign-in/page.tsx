import type { Metadata } from 'next';
import { redirect } from 'next/navigation';
import { SignInForm } from '@/components/forms/sign-in-form';
import { Mark } from '@/components/layout/mark';
import { TextLink } from '@/components/layout/text-link';
import { pageCaller } from '@/lib/auth/session';
import { env } from '@/lib/env';
import { afterSignIn, paths } from '@/lib/paths';
import { SealedPromise } from './sealed-promise';

export const metadata: Metadata = { title: 'Sign in' };

type SignInPageProps = { searchParams: Promise<{ from?: string | string[]; error?: string | string[] }> };

export default async function SignInPage({ searchParams }: SignInPageProps) {
  const { from, error } = await searchParams;
  const next = afterSignIn(from);
  if (await pageCaller()) redirect(next);
  const { url, oidc } = env();
  return (
    <main className="flex min-h-dvh flex-col wide:grid wide:grid-cols-[48%_52%]">
      <SealedPromise />
      <div className="flex flex-1 flex-col px-5 pt-7 pb-10 tablet:px-14 wide:row-start-1 wide:pt-10">
        <p className="hidden items-center gap-2.5 text-phone font-[650] wide:flex">
          <Mark />
          Secret Store
        </p>
        <div className="mx-auto flex w-full max-w-92 flex-1 flex-col gap-8 wide:justify-between">
          <div className="flex flex-col gap-7 wide:my-auto">
            <div className="flex flex-col gap-1.5">
              <h1 className="text-h1-phone font-[680] tracking-tight tablet:text-h1">Sign in</h1>
              <p className="text-ink-2">
                to <span className="font-mono break-all">{new URL(url).host}</span>
              </p>
            </div>
            <SignInForm next={next} singleSignOn={oidc?.name} failed={typeof error === 'string' ? error : undefined} />
          </div>
          <p className="text-small text-ink-2">
            <strong className="font-semibold text-ink">First start?</strong> The admin’s name and password were printed once where the
            server was started. <TextLink href={paths.documentation('first-admin')}>If they are gone</TextLink>
          </p>
        </div>
      </div>
    </main>
  );
}
