import { Button, FileInput, Group, Stack, Text } from '@mantine/core';
import { type FormEvent, useId, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useAct } from '../../page/verbs.ts';
import { UnderWay } from '../../parts/UnderWay.tsx';
import { Failed } from '../../parts/Wait.tsx';

/** Saves another file as the newest version of a document of mine. */
export function NewVersion({ record }: { record: string }) {
  const { t } = useTranslation();
  const task = useId();
  const [open, setOpen] = useState(false);
  const [file, setFile] = useState<File | null>(null);
  const save = useAct('newVersion', () => setOpen(false));
  if (!open)
    return (
      <div>
        <Button variant="default" onClick={() => setOpen(true)}>
          {t('newVersion.open')}
        </Button>
      </div>
    );
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (file) save.mutate([task, record, file]);
  };
  return (
    <form onSubmit={submit} aria-label={t('newVersion.open')}>
      <Stack gap="sm">
        <Text>{t('newVersion.text')}</Text>
        <FileInput required label={t('newVersion.file')} value={file} onChange={setFile} />
        <Group gap="sm">
          <Button type="submit" disabled={!file || save.isPending}>
            {t('newVersion.save')}
          </Button>
          <Button variant="subtle" onClick={() => setOpen(false)}>
            {t('cancel')}
          </Button>
        </Group>
        <Failed error={save.error} />
        {save.isPending && <UnderWay task={task} />}
      </Stack>
    </form>
  );
}
