import { Button, Group, Stack, Text } from '@mantine/core';
import { lazy, Suspense } from 'react';
import { useTranslation } from 'react-i18next';
import { fullTime } from '../../page/saying.ts';
import { useAct } from '../../page/verbs.ts';
import { Section } from '../../parts/Sheet.tsx';
import { Failed, Wait } from '../../parts/Wait.tsx';

const Qr = lazy(() => import('../../parts/Qr.tsx'));

/** Lets another device of mine in: a picture to scan there, then six digits to compare, then my yes. */
export function LetIn() {
  const { t } = useTranslation();
  const knocked = useAct('knocked');
  const invite = useAct('invite', () => knocked.mutate([]));
  const letIn = useAct('letIn', () => {
    invite.reset();
    knocked.reset();
  });
  const again = () => {
    knocked.reset();
    invite.mutate([]);
  };
  return (
    <Section title={t('letIn.title')} waiting={knocked.data !== undefined}>
      {!invite.data && (
        <>
          <Text role="status">{letIn.isSuccess ? t('letIn.done') : t('letIn.text')}</Text>
          <div>
            <Button variant="default" loading={invite.isPending} onClick={again}>
              {t('letIn.show')}
            </Button>
          </div>
        </>
      )}
      {invite.data && !knocked.data && !knocked.error && (
        <Stack gap="sm">
          <Text>{t('letIn.scan', { until: fullTime(invite.data.expiresAt) })}</Text>
          <Suspense fallback={<Wait />}>
            <Qr of={invite.data.link} label={t('letIn.picture')} />
          </Suspense>
          <Text className="mono" data-testid="invitation">
            {invite.data.link}
          </Text>
          <Text c="dimmed">{t('letIn.secret')}</Text>
        </Stack>
      )}
      {invite.data && knocked.data && (
        <Stack gap="sm">
          <Text>{t('letIn.answered', { name: knocked.data.name })}</Text>
          <div className="code" data-testid="check">
            {knocked.data.check}
          </div>
          <Text>{t('letIn.compare')}</Text>
          <Group gap="sm">
            <Button loading={letIn.isPending} onClick={() => letIn.mutate([])}>
              {t('letIn.yes')}
            </Button>
            <Button variant="default" onClick={again}>
              {t('letIn.no')}
            </Button>
          </Group>
        </Stack>
      )}
      {knocked.error && (
        <div>
          <Button variant="default" onClick={again}>
            {t('letIn.again')}
          </Button>
        </div>
      )}
      <Failed error={invite.error ?? knocked.error ?? letIn.error} />
    </Section>
  );
}
