'use client';

import { useEffect, useState } from 'react';
import { useForm } from 'react-hook-form';
import { z } from 'zod';
import { formResolver } from '@/components/forms/form-resolver';
import { Button } from '@/components/ui/button';
import { ErrorSummary, type Refusal } from '@/components/ui/error-summary';
import { Field } from '@/components/ui/field';
import { PasswordInput } from '@/components/ui/password-input';
import { callApi } from '@/lib/client/api';
import { refusalOf, sentence, showFieldErrors } from '@/lib/client/refusal';
import { endpoints, paths } from '@/lib/paths';
import { passwordLinkSchema } from '@/lib/schemas/user';

const schema = z
  .object({ password: passwordLinkSchema.shape.password, again: z.string() })
  .refine((typed) => typed.password === typed.again, { path: ['again'], message: 'The two passwords differ.' });
type SetPasswordFields = z.infer<typeof schema>;

const noLink: Refusal = {
  title: 'The link is not whole.',
  message: 'Open it again as you got it, up to its last character, or ask an admin for a new one.',
};

/** Sets a password by a one-time link. Its token is in the address after `#`, which browsers send to no server. */
export function SetPasswordForm() {
  const [token, setToken] = useState<string>();
  const [refusal, setRefusal] = useState<Refusal | null>(null);
  const [done, setDone] = useState(false);
  const { register, handleSubmit, formState, setError } = useForm<SetPasswordFields>({
    resolver: formResolver(schema),
    mode: 'onTouched',
    defaultValues: { password: '', again: '' },
  });

  useEffect(() => {
    const found = new URLSearchParams(location.hash.slice(1)).get('token') ?? location.hash.slice(1);
    setToken(found);
    // The token stays out of the history and of what a passer-by can read.
    if (found) history.replaceState(null, '', location.pathname);
  }, []);

  const submit = handleSubmit(async ({ password }) => {
    try {
      await callApi('POST', endpoints.passwordLink(), { token, password });
      setDone(true);
      location.assign(paths.signIn());
    } catch (error) {
      setRefusal(refusalOf(error, 'The password was not set.'));
      showFieldErrors(error, setError, { password: 'password' });
    }
  });

  if (token === '') return <ErrorSummary refusal={noLink} />;
  const { errors } = formState;
  return (
    <form method="post" onSubmit={submit} noValidate className="flex max-w-92 flex-col gap-5.5">
      <ErrorSummary refusal={refusal} />
      <Field label="New password" help="A few words in a row are long enough, and easy to keep in mind." error={sentence('The password', errors.password?.message)}>
        {(control) => <PasswordInput {...control} {...register('password')} autoComplete="new-password" autoFocus />}
      </Field>
      <Field label="The same again" error={errors.again?.message}>
        {(control) => <PasswordInput {...control} {...register('again')} autoComplete="new-password" />}
      </Field>
      <Button type="submit" kind="primary" size="large" busy={formState.isSubmitting || done ? 'Saving…' : null}>
        Save password
      </Button>
    </form>
  );
}
