import { Button, Group, Progress, Stack, Text } from '@mantine/core';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { sizeOf } from '../page/saying.ts';
import { useAct, useProgress } from '../page/verbs.ts';

/** How far the upload is; it can be held, and stopped. */
export function UnderWay({ task }: { task: string }) {
  const { t } = useTranslation();
  const progress = useProgress(task);
  const [held, setHeld] = useState(false);
  const pause = useAct('pauseUpload');
  const resume = useAct('resumeUpload');
  const cancel = useAct('cancelUpload');
  const done = progress ? Math.min(100, (100 * progress.doneBytes) / Math.max(1, progress.sizeBytes)) : 0;
  const toggle = () => {
    (held ? resume : pause).mutate([task]);
    setHeld(!held);
  };
  return (
    <Stack gap="xs">
      <Text role="status">
        {held ? t('documents.held') : t(`steps.${progress?.step ?? 'protecting'}`)} {progress?.file}{' '}
        {progress && `${sizeOf(Math.min(progress.doneBytes, progress.sizeBytes))} / ${sizeOf(progress.sizeBytes)}`}
      </Text>
      <Progress value={done} aria-label={t('documents.progress')} />
      <Group>
        <Button variant="default" onClick={toggle}>
          {t(held ? 'documents.resume' : 'documents.pause')}
        </Button>
        <Button variant="subtle" onClick={() => cancel.mutate([task])}>
          {t('documents.stop')}
        </Button>
      </Group>
    </Stack>
  );
}
