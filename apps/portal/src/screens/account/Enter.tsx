import { Anchor, Button, PasswordInput, Stack, Text, TextInput } from '@mantine/core';
import { type FormEvent, lazy, Suspense, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { DeviceError } from '../../page/device.ts';
import { useAct } from '../../page/verbs.ts';
import { Sheet } from '../../parts/Sheet.tsx';
import { Failed, Wait } from '../../parts/Wait.tsx';

const Register = lazy(() => import('./Register.tsx'));
const Join = lazy(() => import('./Join.tsx'));

/** What somebody without a seat wants: an address with an invitation says it itself. */
const wanted = () =>
  location.hash.startsWith('#join=') ? 'join' : location.hash === '#register' ? 'register' : 'log-in';

/** Nobody is signed in: log in on this browser, or register. */
export function Enter({ onSheet, error }: { onSheet: (shown: boolean) => void; error: DeviceError | null }) {
  const { t } = useTranslation();
  const [at, setAt] = useState(wanted);
  const [link] = useState(location.hash);
  const back = () => setAt('log-in');
  if (at !== 'log-in')
    return (
      <Suspense fallback={<Wait />}>
        {at === 'register' ? (
          <Register onSheet={onSheet} error={error} onBack={back} />
        ) : (
          <Join link={link} onBack={back} />
        )}
      </Suspense>
    );
  return (
    <Sheet title={t('enter.title')}>
      <div>
        <div className="name">Salus</div>
        <Text>{t('enter.what')}</Text>
      </div>
      <Failed error={error} />
      <LogIn />
      <Text>
        {t('enter.new')}{' '}
        <Anchor component="button" type="button" onClick={() => setAt('register')}>
          {t('enter.register')}
        </Anchor>
      </Text>
      <Text>
        {t('enter.signedInElsewhere')}{' '}
        <Anchor component="button" type="button" onClick={() => setAt('join')}>
          {t('enter.join')}
        </Anchor>
      </Text>
    </Sheet>
  );
}

function LogIn() {
  const { t } = useTranslation();
  const [form, setForm] = useState({ email: '', password: '', code: '' });
  const act = useAct('logIn');
  const field = (name: keyof typeof form) => ({
    label: t(`enter.${name}`),
    value: form[name],
    required: true,
    onChange: (event: { currentTarget: { value: string } }) => setForm({ ...form, [name]: event.currentTarget.value }),
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    act.mutate([form.email, form.password, form.code]);
  };
  return (
    <form onSubmit={submit} className="card">
      <Stack gap="md">
        <TextInput type="email" autoComplete="username" {...field('email')} />
        <PasswordInput autoComplete="current-password" {...field('password')} />
        <TextInput autoComplete="off" spellCheck={false} description={t('enter.codeHelp')} {...field('code')} />
        <Failed error={act.error} />
        <Button type="submit" loading={act.isPending}>
          {t('enter.logIn')}
        </Button>
        {act.isPending && <Wait what={t('enter.working')} />}
      </Stack>
    </form>
  );
}
