import { Button, Group, Stack, Textarea } from '@mantine/core';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';

/** An act that needs a reason, asked for where it is done; the person affected reads it. */
export function Reasoned({
  label,
  question,
  busy,
  onDone,
}: {
  label: string;
  question: string;
  busy?: boolean;
  onDone: (reason: string) => void;
}) {
  const { t } = useTranslation();
  const [open, setOpen] = useState(false);
  const [reason, setReason] = useState('');
  if (!open)
    return (
      <Button variant="default" onClick={() => setOpen(true)}>
        {label}
      </Button>
    );
  return (
    <Stack gap="xs" w="100%">
      <Textarea
        label={question}
        value={reason}
        maxLength={2_000}
        autosize
        minRows={2}
        data-autofocus
        onChange={(event) => setReason(event.currentTarget.value)}
      />
      <Group gap="sm">
        <Button disabled={!reason.trim()} loading={busy ?? false} onClick={() => onDone(reason.trim())}>
          {label}
        </Button>
        <Button variant="subtle" onClick={() => setOpen(false)}>
          {t('cancel')}
        </Button>
      </Group>
    </Stack>
  );
}

/** An act that shows its effect before it is done. */
export function Confirmed({
  label,
  effect,
  busy,
  onDone,
}: {
  label: string;
  effect: string;
  busy?: boolean;
  onDone: () => void;
}) {
  const { t } = useTranslation();
  const [open, setOpen] = useState(false);
  if (!open)
    return (
      <Button variant="default" onClick={() => setOpen(true)}>
        {label}
      </Button>
    );
  return (
    <Stack gap="xs" w="100%" role="group" aria-label={label}>
      <p>{effect}</p>
      <Group gap="sm">
        <Button loading={busy ?? false} onClick={onDone}>
          {label}
        </Button>
        <Button variant="subtle" onClick={() => setOpen(false)}>
          {t('cancel')}
        </Button>
      </Group>
    </Stack>
  );
}
