import { Button, Group, PasswordInput, Stack, Text } from '@mantine/core';
import { type FormEvent, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { fullTime, short } from '../../page/saying.ts';
import { useAct, useAnswer } from '../../page/verbs.ts';
import { Section } from '../../parts/Sheet.tsx';
import { Answered, Failed, Wait } from '../../parts/Wait.tsx';

/** My devices, and how to put one out. `onCode` gets the account code that replaces the one the device knew. */
export function Devices({ onCode }: { onCode: (code: string) => void }) {
  const { t } = useTranslation();
  const devices = useAnswer('devices', []);
  const [chosen, setChosen] = useState('');
  return (
    <Section title={t('devices.title')}>
      <Answered of={devices} what={t('activity.checking')}>
        {(all) => (
          <ul className="rows">
            {all
              .filter(({ signIn }) => !signIn)
              .map(({ device, here, addedAt }) => (
                <li key={device}>
                  <div className="what">
                    <Text fw={600}>{here ? t('devices.here') : t('devices.other', { id: short(device) })}</Text>
                    <Text c="dimmed">{t('devices.since', { when: fullTime(addedAt) })}</Text>
                  </div>
                  {!here && chosen !== device && (
                    <Button variant="default" onClick={() => setChosen(device)}>
                      {t('devices.revoke')}
                    </Button>
                  )}
                  {chosen === device && <PutOut device={device} onCancel={() => setChosen('')} onCode={onCode} />}
                </li>
              ))}
          </ul>
        )}
      </Answered>
      <Text c="dimmed">{t('devices.help')}</Text>
    </Section>
  );
}

function PutOut({
  device,
  onCancel,
  onCode,
}: {
  device: string;
  onCancel: () => void;
  onCode: (code: string) => void;
}) {
  const { t } = useTranslation();
  const [password, setPassword] = useState('');
  const revoke = useAct('revokeDevice', onCode);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    revoke.mutate([device, password]);
  };
  return (
    <form className="whole" onSubmit={submit} aria-label={t('devices.revoke')}>
      <Stack gap="xs">
        <Text>{t('devices.effect')}</Text>
        <PasswordInput
          required
          label={t('fields.password')}
          autoComplete="current-password"
          value={password}
          onChange={(event) => setPassword(event.currentTarget.value)}
        />
        <Group gap="sm">
          <Button type="submit" loading={revoke.isPending}>
            {t('devices.revoke')}
          </Button>
          <Button variant="subtle" onClick={onCancel}>
            {t('cancel')}
          </Button>
        </Group>
        {revoke.isPending && <Wait what={t('devices.working')} />}
        <Failed error={revoke.error} />
      </Stack>
    </form>
  );
}
