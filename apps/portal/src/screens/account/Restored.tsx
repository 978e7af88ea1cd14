import { Stack, Text } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import type { DeviceError } from '../../page/device.ts';
import { fullTime } from '../../page/saying.ts';
import { useAct } from '../../page/verbs.ts';
import { Confirmed } from '../../parts/Reasoned.tsx';
import { Section, Sheet } from '../../parts/Sheet.tsx';
import { Failed } from '../../parts/Wait.tsx';

/** The server says that it was put back to a backup older than what this device saw: nothing goes on before its person agrees. */
export default function Restored({ error }: { error: DeviceError }) {
  const { t } = useTranslation();
  const act = useAct('acceptRestored');
  return (
    <Sheet title={t('restored.title')}>
      <Section title={t('restored.from', { when: fullTime(Date.parse(String(error.facts.backup))) })} waiting>
        <Stack gap="sm">
          <Text>{t('restored.why')}</Text>
          <Text fw={600}>{t('restored.ask')}</Text>
          <Confirmed
            label={t('restored.accept')}
            effect={t('restored.effect')}
            busy={act.isPending}
            onDone={() => act.mutate([])}
          />
          <Failed error={act.error} />
        </Stack>
      </Section>
    </Sheet>
  );
}
