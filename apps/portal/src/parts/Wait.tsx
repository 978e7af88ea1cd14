import { Alert, Group, Loader, Text } from '@mantine/core';
import { type ReactNode, useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { DeviceError } from '../page/device.ts';

const SHOWN_AFTER_MS = 300;

/** Shows that something is under way, once it takes longer than a blink. */
export function Wait({ what }: { what?: string }) {
  const { t } = useTranslation();
  const [shown, setShown] = useState(false);
  useEffect(() => {
    const timer = setTimeout(() => setShown(true), SHOWN_AFTER_MS);
    return () => clearTimeout(timer);
  }, []);
  return (
    <div role="status">
      {shown && (
        <Group gap="sm" py="md">
          <Loader size="sm" />
          <Text>{what ?? t('wait')}</Text>
        </Group>
      )}
    </div>
  );
}

/** What went wrong and what to do about it, in the page's words where it has better ones. */
export function Failed({ error }: { error: DeviceError | null | undefined }) {
  const { t, i18n } = useTranslation();
  if (!error) return null;
  const own = i18n.exists(`errors.${error.code}`);
  const message = own ? t(`errors.${error.code}.message`, error.facts) : error.message;
  const fix = own ? t(`errors.${error.code}.fix`, error.facts) : error.fix;
  return (
    <Alert role="alert" variant="outline" color="red" title={message} classNames={{ title: 'bad' }}>
      <Text>{fix}</Text>
    </Alert>
  );
}

interface Answer<Value> {
  data: Value | null | undefined;
  error: DeviceError | null;
}

/** What a question to the device comes to: waiting, failed, or its answer. */
export function Answered<Value>({
  of,
  what,
  children,
}: {
  of: Answer<Value>;
  what?: string;
  children: (value: Value) => ReactNode;
}) {
  if (of.data !== undefined && of.data !== null)
    return (
      <>
        {/* What is shown is from before; that nobody answers stands at the top of the page. */}
        {of.error?.code !== 'node-unreachable' && <Failed error={of.error} />}
        {children(of.data)}
      </>
    );
  if (of.error) return <Failed error={of.error} />;
  return <Wait {...(what ? { what } : {})} />;
}
