import { Button, Group, Stack, Text } from '@mantine/core';
import { useTranslation } from 'react-i18next';

/** The sheet to print or write down: with the password it signs in on another browser, and nobody can make another. */
export function AccountSheet({
  number,
  code,
  email,
  name,
}: {
  number: string;
  code: string;
  email: string;
  name: string;
}) {
  const { t } = useTranslation();
  return (
    <section className="card" aria-label={t('sheet.title')}>
      <Stack gap="sm">
        <Text>{t('sheet.why')}</Text>
        <Text c="dimmed">{t('sheet.account')}</Text>
        <Text>
          {name} · {email}
          {number && ` · ${t('sheet.number', { number })}`}
        </Text>
        <Text c="dimmed">{t('sheet.code')}</Text>
        <div className="code" data-testid="account-code">
          {code}
        </div>
        <Text>{t('sheet.keep')}</Text>
        <Group className="noprint" gap="sm">
          <Button variant="default" onClick={() => window.print()}>
            {t('sheet.print')}
          </Button>
          <Button variant="default" onClick={() => void navigator.clipboard.writeText(code)}>
            {t('sheet.copy')}
          </Button>
        </Group>
      </Stack>
    </section>
  );
}
