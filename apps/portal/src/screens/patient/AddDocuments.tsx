import { Button, FileInput, Stack, TextInput } from '@mantine/core';
import { useNavigate } from '@tanstack/react-router';
import { type FormEvent, useId, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useAct } from '../../page/verbs.ts';
import { UnderWay } from '../../parts/UnderWay.tsx';
import { Failed } from '../../parts/Wait.tsx';

/** Documents from this device. An upload that was cut off goes on where it was when the same file is added again. */
export function AddDocuments() {
  const { t } = useTranslation();
  const go = useNavigate();
  const task = useId();
  const [files, setFiles] = useState<File[]>([]);
  const [title, setTitle] = useState('');
  const [topics, setTopics] = useState('');
  const act = useAct('addDocuments', () => void go({ to: '/records' }));
  const submit = (event: FormEvent) => {
    event.preventDefault();
    const given = topics
      .split(',')
      .map((topic) => topic.trim())
      .filter(Boolean);
    act.mutate([task, files, { title: title.trim(), topics: given }]);
  };
  return (
    <form className="card" onSubmit={submit}>
      <Stack gap="md">
        <FileInput
          multiple
          required
          label={t('documents.files')}
          description={t('documents.help')}
          value={files}
          onChange={setFiles}
        />
        {files.length < 2 && (
          <TextInput
            label={t('documents.title')}
            value={title}
            maxLength={200}
            onChange={(event) => setTitle(event.currentTarget.value)}
          />
        )}
        <TextInput
          label={t('documents.topics')}
          description={t('documents.topicsHelp')}
          value={topics}
          onChange={(event) => setTopics(event.currentTarget.value)}
        />
        <Failed error={act.error} />
        <Button type="submit" disabled={files.length === 0 || act.isPending}>
          {t('documents.save', { count: files.length })}
        </Button>
        {act.isPending && <UnderWay task={task} />}
      </Stack>
    </form>
  );
}
