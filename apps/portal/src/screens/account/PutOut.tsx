import { Text } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { Section, Sheet } from '../../parts/Sheet.tsx';
import { Leave } from './Leave.tsx';

/** This device was put out on another one: it shows nothing more, and says how to come back. */
export default function PutOut() {
  const { t } = useTranslation();
  return (
    <Sheet title={t('putOut.title')}>
      <Section title={t('putOut.what')}>
        <Text role="status">{t('putOut.text')}</Text>
      </Section>
      <Leave />
    </Sheet>
  );
}
