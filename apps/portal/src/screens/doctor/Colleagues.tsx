import { Button, Checkbox, NativeSelect, Stack, Text, TextInput } from '@mantine/core';
import { type FormEvent, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { fullTime, inDays, short } from '../../page/saying.ts';
import { useAct, useAnswer } from '../../page/verbs.ts';
import { Confirmed } from '../../parts/Reasoned.tsx';
import { Empty, Section, Sheet, State } from '../../parts/Sheet.tsx';
import { Answered, Failed, Wait } from '../../parts/Wait.tsx';

const PERIODS = [7, 30, 90, 365];

/** Shares a topic with a colleague or an institute, after saying how many records it covers; and ends it. */
export default function Colleagues() {
  const { t } = useTranslation();
  const delegations = useAnswer('delegations', []);
  const { data: seat } = useAnswer('seat', []);
  const end = useAct('endSharing');
  return (
    <Sheet title={t('colleagues.title')}>
      {seat?.role === 'doctor' && <Share />}
      <Section title={t('colleagues.list')}>
        <Answered of={delegations}>
          {(all) => (
            <>
              {all.length === 0 && <Empty>{t('colleagues.none')}</Empty>}
              <ul className="rows">
                {all.map(({ delegation, mine, to, from, email, topic, until, ended, patients }) => (
                  <li key={delegation}>
                    <div className="what">
                      <Text fw={600}>
                        {t(mine ? 'colleagues.to' : 'colleagues.from', { account: email || short(mine ? to : from) })}
                        {topic && ` · ${topic === '*' ? t('colleagues.everything') : topic}`}
                      </Text>
                      <Text c="dimmed">
                        {t('colleagues.patients', { count: patients.length })} ·{' '}
                        {t('sharing.until', { when: fullTime(until) })}
                      </Text>
                    </div>
                    <State of={ended ? 'ended' : 'active'}>{t(ended ? 'colleagues.ended' : 'colleagues.active')}</State>
                    {mine && !ended && (
                      <Confirmed
                        label={t('colleagues.end')}
                        effect={t('colleagues.endEffect')}
                        busy={end.isPending}
                        onDone={() => end.mutate([delegation])}
                      />
                    )}
                  </li>
                ))}
              </ul>
              <Failed error={end.error} />
            </>
          )}
        </Answered>
      </Section>
    </Sheet>
  );
}

function Share() {
  const { t } = useTranslation();
  const known = useAnswer('colleagues', []);
  const [to, setTo] = useState('');
  const [topic, setTopic] = useState('');
  const [everything, setEverything] = useState(false);
  const [days, setDays] = useState('30');
  const preview = useAct('previewSharing');
  const share = useAct('share', () => preview.reset());
  const find = useAct('colleague', ({ account }) => preview.mutate([delegating(account)]));
  const delegating = (account: string) => ({
    to: account,
    topic: everything ? '*' : topic.trim(),
    until: inDays(Number(days)),
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    share.reset();
    find.mutate([to]);
  };
  const changed = (set: () => void) => {
    preview.reset();
    set();
  };
  return (
    <form className="card" onSubmit={submit} aria-label={t('colleagues.share')}>
      <Stack gap="md">
        <TextInput
          required
          pattern="\s*([0-9a-f]{32}|\S+@\S+)\s*"
          list="colleagues-known"
          label={t('colleagues.account')}
          description={t('colleagues.accountHelp')}
          value={to}
          onChange={(event) => changed(() => setTo(event.currentTarget.value))}
        />
        <datalist id="colleagues-known">
          {known.data?.map(({ account, email }) => (
            <option key={account} value={email} />
          ))}
        </datalist>
        {!everything && (
          <TextInput
            required
            label={t('colleagues.topic')}
            description={t('colleagues.topicHelp')}
            value={topic}
            onChange={(event) => changed(() => setTopic(event.currentTarget.value))}
          />
        )}
        <Checkbox
          label={t('colleagues.all')}
          checked={everything}
          onChange={(event) => changed(() => setEverything(event.currentTarget.checked))}
        />
        <NativeSelect
          label={t('ask.period')}
          value={days}
          onChange={(event) => changed(() => setDays(event.currentTarget.value))}
          data={PERIODS.map((one) => ({ value: String(one), label: t('answer.days', { count: one }) }))}
        />
        <Failed error={find.error ?? preview.error ?? share.error} />
        {preview.data && find.data ? (
          <>
            <Text fw={600} role="status">
              {t('colleagues.preview', { ...preview.data, until: fullTime(preview.data.until) })}
            </Text>
            <Text c="dimmed">{t('colleagues.previewHelp')}</Text>
            <Button
              loading={share.isPending}
              onClick={() => share.mutate([{ ...delegating(find.data.account), until: preview.data.until }])}
            >
              {t('colleagues.share')}
            </Button>
          </>
        ) : (
          <Button type="submit" loading={find.isPending || preview.isPending}>
            {t('colleagues.look')}
          </Button>
        )}
        {share.isPending && <Wait what={t('colleagues.working')} />}
        <Text role="status">{share.data !== undefined && t('colleagues.done', { count: share.data })}</Text>
      </Stack>
    </form>
  );
}
