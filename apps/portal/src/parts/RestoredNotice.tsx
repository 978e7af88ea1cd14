import { Alert, Button, Stack, Text } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { fullTime } from '../page/saying.ts';
import { useAct, useAnswer } from '../page/verbs.ts';

/** After a restore of the server: what this device sent again, what is gone, and for whom the server still waits. */
export function RestoredNotice() {
  const { t } = useTranslation();
  const { data: notice } = useAnswer('restored', []);
  const read = useAct('restoredRead');
  if (!notice) return null;
  const { backedUpAt, sentAgain, records, others, later, waitingFor, addedSince, shown } = notice;
  return (
    <Alert role="status" variant="outline" color="yellow" m="md">
      <Stack gap="xs">
        <Text fw={600}>{t('restored.title')}</Text>
        <Text>{t('restored.from', { when: fullTime(backedUpAt) })}</Text>
        <Text>{t('restored.sentAgain', { count: sentAgain })}</Text>
        {records.length > 0 && <Text>{t('restored.records', { titles: records.join(', ') })}</Text>}
        {others > 0 && <Text>{t('restored.others', { count: others })}</Text>}
        {later > 0 && <Text>{t('restored.later', { count: later })}</Text>}
        {addedSince.length > 0 && <Text>{t('restored.added', { count: addedSince.length })}</Text>}
        {!shown && <Text>{t('restored.newer')}</Text>}
        {waitingFor.map((who) => (
          <Text key={who}>{t(`restored.waits.${who}`)}</Text>
        ))}
        <div>
          <Button variant="default" loading={read.isPending} onClick={() => read.mutate([notice])}>
            {t('restored.read')}
          </Button>
        </div>
      </Stack>
    </Alert>
  );
}
