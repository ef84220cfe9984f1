import type { Metadata } from 'next';
import { SetPasswordForm } from '@/components/forms/set-password-form';
import { SimplePage } from '@/components/layout/simple-page';

export const metadata: Metadata = { title: 'Set your password', referrer: 'no-referrer' };

export default function SetPasswordPage() {
  return (
    <SimplePage>
      <div className="flex flex-col gap-1.5">
        <h1 className="text-h1-phone font-[680] tracking-tight tablet:text-h1">Set your password</h1>
        <p className="max-w-160 text-lead text-ink-2">The link works once. Afterwards you sign in with your username and this password.</p>
      </div>
      <SetPasswordForm />
    </SimplePage>
  );
}
