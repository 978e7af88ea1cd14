import { Button, Text } from '@mantine/core';
import { type ErrorComponentProps, Link } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { Sheet } from './Sheet.tsx';

/** A bug of ours on the page itself: what it said, and the way on. */
export function Broken({ error }: ErrorComponentProps) {
  const { t } = useTranslation();
  return (
    <Sheet title={t('broken.title')}>
      <Text>{t('broken.text')}</Text>
      <Text c="dimmed">{error instanceof Error ? error.message : String(error)}</Text>
      <div>
        <Button onClick={() => location.assign('/')}>{t('broken.again')}</Button>
      </div>
    </Sheet>
  );
}

/** An address that leads to nothing. */
export function Nowhere() {
  const { t } = useTranslation();
  return (
    <Sheet title={t('nowhere.title')}>
      <Link to="/">{t('nowhere.home')}</Link>
    </Sheet>
  );
}
