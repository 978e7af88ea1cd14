import { Stack, Text } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { Section, Sheet, State } from '../../parts/Sheet.tsx';
import type { Seat } from '../../worker/verbs/account.ts';
import { Leave } from './Leave.tsx';

/** Not activated yet, turned down, or suspended: what it means, and what comes next. Goes on by itself. */
export default function Waiting({ seat }: { seat: Seat }) {
  const { t } = useTranslation();
  return (
    <Sheet title={t(`standing.${seat.status}.title`)}>
      <Section title={seat.name || seat.email} waiting={seat.status === 'waiting'}>
        <Stack gap="sm">
          <div>
            <State of={seat.status}>{t(`statuses.${seat.status}`)}</State>
          </div>
          <Text role="status">{t(`standing.${seat.status}.text`, { organisation: seat.organisation })}</Text>
          {seat.reason && <Text>{t('standing.reason', { reason: seat.reason })}</Text>}
          {seat.number && <Text>{t('sheet.number', { number: seat.number })}</Text>}
        </Stack>
      </Section>
      <Leave />
    </Sheet>
  );
}
