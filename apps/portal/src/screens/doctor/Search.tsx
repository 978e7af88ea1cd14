import { Button, Group, NativeSelect, Stack, Text, TextInput } from '@mantine/core';
import { useLocation } from '@tanstack/react-router';
import { type FormEvent, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useAct, useAnswer } from '../../page/verbs.ts';
import { Content } from '../../parts/Content.tsx';
import { Empty, Section, Sheet } from '../../parts/Sheet.tsx';
import { Failed, Wait } from '../../parts/Wait.tsx';
import type { FoundRecord } from '../../worker/verbs/doctor.ts';
import { PURPOSES } from './purposes.ts';

/** Finds records by words among those patients let me open, or by a topic that a colleague shared; and opens them. */
export default function Search() {
  const { t } = useTranslation();
  const location = useLocation();
  const given = (location.search as { topic?: string }).topic;
  const [topic, setTopic] = useState(given ?? '');
  const [text, setText] = useState('');
  const [found, setFound] = useState<FoundRecord[]>();
  const byWords = useAct('searchWords', setFound);
  const byTopic = useAct('searchTopic', setFound);
  const everything = useAct('sharedWithMe', ({ found: all }) => setFound(all));
  const delegations = useAnswer('delegations', []);
  const topics = [
    ...new Set(delegations.data?.filter(({ mine, ended, topic }) => !mine && !ended && topic).map((one) => one.topic)),
  ];
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (topic) byTopic.mutate([topic]);
    else byWords.mutate([text.trim().split(/\s+/), 'and']);
  };
  const busy = byWords.isPending || byTopic.isPending || everything.isPending;
  return (
    <Sheet title={t('search.title')}>
      <form className="card" onSubmit={submit}>
        <Stack gap="md">
          <NativeSelect
            label={t('search.where')}
            value={topic}
            onChange={(event) => setTopic(event.currentTarget.value)}
            data={[
              { value: '', label: t('search.mine') },
              ...topics.map((value) => ({
                value,
                label: t('search.byTopic', { topic: value === '*' ? t('colleagues.everything') : value }),
              })),
            ]}
          />
          {!topic && (
            <TextInput
              type="search"
              label={t('search.words')}
              description={t('search.wordsHelp')}
              value={text}
              onChange={(event) => setText(event.currentTarget.value)}
            />
          )}
          <Group gap="sm">
            <Button type="submit" loading={byWords.isPending || byTopic.isPending} disabled={!topic && !text.trim()}>
              {t('search.search')}
            </Button>
            {!topic && (
              <Button variant="default" loading={everything.isPending} onClick={() => everything.mutate([])}>
                {t('search.everything')}
              </Button>
            )}
          </Group>
          {busy && <Wait what={t('search.searching')} />}
          <Failed error={byWords.error ?? byTopic.error ?? everything.error} />
          {everything.data?.complete === false && <Text className="bad">{t('search.incomplete')}</Text>}
        </Stack>
      </form>
      {found && <Results of={found} />}
    </Sheet>
  );
}

/** What was found; titles show once opened, and every opening is seen by the patient. */
function Results({ of: found }: { of: FoundRecord[] }) {
  const { t } = useTranslation();
  const [purpose, setPurpose] = useState<(typeof PURPOSES)[number]>('treatment');
  const open = useAct('openFound');
  return (
    <>
      <Section title={t('search.found', { count: found.length })}>
        {found.length === 0 && <Empty>{t('search.none')}</Empty>}
        {found.length > 0 && (
          <Stack gap="md">
            <Text>{t('search.seen')}</Text>
            <NativeSelect
              label={t('search.why')}
              value={purpose}
              onChange={(event) => setPurpose(event.currentTarget.value as typeof purpose)}
              data={PURPOSES.map((value) => ({ value, label: t(`purposes.${value}`) }))}
            />
            <ul className="rows">
              {found.map(({ key, group, patient, record }) => (
                <li key={key}>
                  <div className="what">
                    {t(`groups.${group}`)}
                    <Text c="dimmed">
                      {patient ? patient.name || t('doctor.patient', { number: patient.number }) : record.slice(0, 8)}
                    </Text>
                  </div>
                  <Button variant="light" loading={open.isPending} onClick={() => open.mutate([[key], purpose])}>
                    {t('search.open')}
                  </Button>
                </li>
              ))}
            </ul>
            {found.length > 1 && (
              <Button loading={open.isPending} onClick={() => open.mutate([found.map(({ key }) => key), purpose])}>
                {t('search.openAll', { count: found.length })}
              </Button>
            )}
            {open.isPending && <Wait what={t('search.opening')} />}
            <Failed error={open.error} />
          </Stack>
        )}
      </Section>
      {open.data?.map((shown) => (
        <Section key={shown.record} title={shown.title}>
          <Content of={shown} />
        </Section>
      ))}
    </>
  );
}
