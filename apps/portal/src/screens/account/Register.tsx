import { Anchor, Button, NativeSelect, PasswordInput, Stack, Text, TextInput } from '@mantine/core';
import { useQueryClient } from '@tanstack/react-query';
import { type FormEvent, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { call, DeviceError } from '../../page/device.ts';
import { Sheet } from '../../parts/Sheet.tsx';
import { Failed, Wait } from '../../parts/Wait.tsx';
import { AccountSheet } from './AccountSheet.tsx';

const FIELDS = {
  patient: ['name', 'email', 'birthDate', 'phone', 'address'],
  doctor: ['name', 'email', 'birthDate', 'phone', 'address', 'licence', 'speciality', 'hospital'],
  institute: ['name', 'email', 'phone', 'address'],
} as const;
type Role = keyof typeof FIELDS;

const TYPES: Record<string, string> = { email: 'email', birthDate: 'date', phone: 'tel' };
const FILLED_BY: Record<string, string> = {
  name: 'name',
  email: 'username',
  birthDate: 'bday',
  phone: 'tel',
  address: 'street-address',
};
const SHORTEST_PASSWORD = 10;

/** Registration. The account code is shown once it is done, before anything else. */
export default function Register({
  onBack,
  onSheet,
  error: seatError,
}: {
  onBack: () => void;
  onSheet: (shown: boolean) => void;
  error: DeviceError | null;
}) {
  const { t } = useTranslation();
  const queries = useQueryClient();
  const [role, setRole] = useState<Role>('patient');
  const [values, setValues] = useState<Record<string, string>>({});
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<DeviceError | null>(null);
  const [created, setCreated] = useState<{ number: string; code: string }>();
  const set = (name: string) => (event: { currentTarget: { value: string } }) =>
    setValues({ ...values, [name]: event.currentTarget.value });
  const submit = async (event: FormEvent) => {
    event.preventDefault();
    setBusy(true);
    setError(null);
    try {
      const profile = Object.fromEntries(FIELDS[role].map((name) => [name, (values[name] ?? '').trim()]));
      onSheet(true);
      setCreated(await call('register', { role, ...profile }, values.password ?? ''));
    } catch (thrown) {
      if (!(thrown instanceof DeviceError)) throw thrown;
      onSheet(false);
      setError(thrown);
    } finally {
      setBusy(false);
    }
  };
  if (created)
    return (
      <Sheet title={t('sheet.title')}>
        <Failed error={seatError} />
        <AccountSheet {...created} email={values.email ?? ''} name={values.name ?? ''} />
        <Button className="noprint" onClick={() => void queries.invalidateQueries().then(() => onSheet(false))}>
          {t('sheet.done')}
        </Button>
      </Sheet>
    );
  return (
    <Sheet title={t('register.title')}>
      <form className="card" onSubmit={(event) => void submit(event)}>
        <Stack gap="md">
          <NativeSelect
            label={t('register.role')}
            value={role}
            onChange={(event) => setRole(event.currentTarget.value as Role)}
            data={(Object.keys(FIELDS) as Role[]).map((value) => ({ value, label: t(`roles.${value}`) }))}
          />
          {FIELDS[role].map((name) => (
            <TextInput
              key={name}
              required
              label={t(`fields.${name}`)}
              type={TYPES[name] ?? 'text'}
              autoComplete={FILLED_BY[name] ?? 'off'}
              value={values[name] ?? ''}
              onChange={set(name)}
            />
          ))}
          <PasswordInput
            required
            minLength={SHORTEST_PASSWORD}
            label={t('fields.password')}
            description={t('register.passwordHelp')}
            autoComplete="new-password"
            value={values.password ?? ''}
            onChange={set('password')}
          />
          <Failed error={error} />
          <Button type="submit" loading={busy}>
            {t('register.submit')}
          </Button>
          {busy && <Wait what={t('register.working')} />}
        </Stack>
      </form>
      <Text>
        {t('register.have')}{' '}
        <Anchor component="button" type="button" onClick={onBack}>
          {t('enter.logIn')}
        </Anchor>
      </Text>
    </Sheet>
  );
}
