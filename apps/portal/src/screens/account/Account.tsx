import { Button, SegmentedControl, Stack, Text, useMantineColorScheme } from '@mantine/core';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useAct, useAnswer } from '../../page/verbs.ts';
import { Section, Sheet } from '../../parts/Sheet.tsx';
import { Answered, Failed } from '../../parts/Wait.tsx';
import { AccountSheet } from './AccountSheet.tsx';
import { Devices } from './Devices.tsx';
import { Leave } from './Leave.tsx';
import { LetIn } from './LetIn.tsx';

const SHOWN = ['name', 'email', 'birthDate', 'phone', 'address', 'licence', 'speciality', 'hospital'] as const;

/** Who I am here, my account sheet, how the page looks, and the way out. */
export default function Account() {
  const { t } = useTranslation();
  const seat = useAnswer('seat', []);
  const [code, setCode] = useState('');
  const show = useAct('accountCode', setCode);
  const { colorScheme, setColorScheme } = useMantineColorScheme();
  return (
    <Sheet title={t('account.title')}>
      <Answered of={seat}>
        {({ account, number, email, name, role, profile }) => (
          <Stack gap="lg">
            <Section title={name || email}>
              <Text>{t(`roles.${role}`)}</Text>
              {number && <Text>{t('sheet.number', { number })}</Text>}
              <dl className="values">
                {SHOWN.filter((field) => profile && field in profile).map((field) => (
                  <div key={field} style={{ display: 'contents' }}>
                    <dt>{t(`fields.${field}`)}</dt>
                    <dd>{(profile as Record<string, string>)[field]}</dd>
                  </div>
                ))}
              </dl>
              <Text c="dimmed">{t('account.id')}</Text>
              <Text className="mono" data-testid="account-id">
                {account}
              </Text>
            </Section>
            {code ? (
              <AccountSheet number={number} code={code} email={email} name={name} />
            ) : (
              <Section title={t('sheet.title')}>
                <Text>{t('account.sheetHelp')}</Text>
                <div>
                  <Button variant="default" loading={show.isPending} onClick={() => show.mutate([])}>
                    {t('account.showSheet')}
                  </Button>
                </div>
                <Failed error={show.error} />
              </Section>
            )}
            <LetIn />
            <Devices onCode={setCode} />
            <Section title={t('account.look')}>
              <SegmentedControl
                aria-label={t('account.look')}
                value={colorScheme}
                onChange={(value) => setColorScheme(value as typeof colorScheme)}
                data={(['auto', 'light', 'dark'] as const).map((value) => ({ value, label: t(`schemes.${value}`) }))}
              />
            </Section>
            <Leave />
          </Stack>
        )}
      </Answered>
    </Sheet>
  );
}
