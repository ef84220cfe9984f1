'use client';

import { LogIn } from 'lucide-react';
import { signIn } from 'next-auth/react';
import { useState } from 'react';
import { useForm } from 'react-hook-form';
import { z } from 'zod';
import { formResolver } from '@/components/forms/form-resolver';
import { Button } from '@/components/ui/button';
import { ErrorSummary, type Refusal } from '@/components/ui/error-summary';
import { Field } from '@/components/ui/field';
import { PasswordInput } from '@/components/ui/password-input';
import { TextInput } from '@/components/ui/text-input';

const schema = z.object({
  username: z.string().trim().min(1, 'Type your username.'),
  password: z.string().min(1, 'Type your password.'),
});
type SignInFields = z.infer<typeof schema>;

/** Why signing in did not work, by the reason that next-auth hands on. */
const reasons: Record<string, Refusal> = {
  CredentialsSignin: {
    title: 'The username and the password do not go together.',
    message: 'Check both, capital letters included.',
  },
  TooManyAttempts: {
    title: 'Too many attempts.',
    message: 'Wait 15 minutes and try again, or ask an admin for a link to set a new password.',
  },
  Unavailable: { title: 'Nobody can sign in right now.', message: 'A part of the server is away. Try again in a moment.' },
  NotLinked: {
    title: 'Nobody here has this identity.',
    message: 'Your single sign-on account belongs to no user of this cluster. Ask an admin to add you, with the same e-mail address.',
  },
};

const otherReason: Refusal = { title: 'You are not signed in.', message: 'Try again. If it goes on, ask an admin to look at the server’s log.' };

function refusalFor(reason: string): Refusal {
  return reasons[reason] ?? otherReason;
}

type SignInFormProps = {
  /** Where to go afterwards. */
  next: string;
  /** The name of the OpenID Connect provider, when there is one. */
  singleSignOn: string | undefined;
  /** The reason of a sign-in that failed elsewhere and came back here. */
  failed: string | undefined;
};

export function SignInForm({ next, singleSignOn, failed }: SignInFormProps) {
  const [refusal, setRefusal] = useState<Refusal | null>(failed ? refusalFor(failed) : null);
  const [leaving, setLeaving] = useState(false);
  const { register, handleSubmit, formState, setFocus } = useForm<SignInFields>({
    resolver: formResolver(schema),
    mode: 'onTouched',
    defaultValues: { username: '', password: '' },
  });

  const submit = handleSubmit(async ({ username, password }) => {
    try {
      const answer = await signIn('credentials', { username, password, redirect: false });
      if (answer?.ok && !answer.error) {
        setLeaving(true);
        // A whole page load: everything after it is rendered for the person who signed in.
        location.assign(next);
        return;
      }
      setRefusal(refusalFor(answer?.error ?? ''));
    } catch {
      setRefusal({ title: 'The server did not answer.', message: 'Check the connection and try again.' });
    }
    setFocus('password', { shouldSelect: true });
  });

  const { errors } = formState;
  return (
    <form method="post" onSubmit={submit} noValidate className="flex flex-col gap-5.5">
      <ErrorSummary refusal={refusal} />
      <Field label="Username" error={errors.username?.message}>
        {(control) => (
          // Not where a refusal is read first: a field that is left empty would be told to be filled in.
          <TextInput {...control} {...register('username')} autoFocus={!failed} autoComplete="username" autoCapitalize="none" spellCheck={false} className="tablet:h-10.5" />
        )}
      </Field>
      <Field label="Password" error={errors.password?.message}>
        {(control) => <PasswordInput {...control} {...register('password')} autoComplete="current-password" className="tablet:h-10.5" />}
      </Field>
      <Button type="submit" kind="primary" size="large" busy={formState.isSubmitting || leaving ? 'Signing in…' : null}>
        Sign in
      </Button>
      {singleSignOn ? (
        <>
          <p aria-hidden="true" className="flex items-center gap-3.5 text-ink-3 before:h-px before:flex-1 before:bg-line after:h-px after:flex-1 after:bg-line">
            or
          </p>
          <Button size="large" onClick={() => void signIn('oidc', { callbackUrl: next })}>
            <LogIn aria-hidden="true" size={17} strokeWidth={1.75} />
            Continue with {singleSignOn}
          </Button>
        </>
      ) : null}
    </form>
  );
}
