import { Button, Checkbox, Group, NativeSelect, Stack, Text } from '@mantine/core';
import { useNavigate, useParams } from '@tanstack/react-router';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { fullTime, inDays } from '../../page/saying.ts';
import { useAct, useAnswer } from '../../page/verbs.ts';
import { Reasoned } from '../../parts/Reasoned.tsx';
import { Empty, Section, Sheet, State } from '../../parts/Sheet.tsx';
import { Answered, Failed, Wait } from '../../parts/Wait.tsx';
import type { Verbs } from '../../worker/verbs/index.ts';

type Known = Awaited<ReturnType<Verbs['requestsToMe']>>[number];
const PERIODS = [7, 30, 90, 365];

/** A request to me: who asks for what and why, and my answer with its effect before it is given. */
export default function Answer() {
  const { t } = useTranslation();
  const { request } = useParams({ from: '/requests/$request' });
  const requests = useAnswer('requestsToMe', []);
  return (
    <Sheet title={t('answer.title')}>
      <Answered of={requests}>
        {(all) => {
          const asked = all.find((one) => one.request === request);
          if (!asked) return <Empty>{t('answer.gone')}</Empty>;
          return (
            <>
              <Asked of={asked} />
              {asked.status === 'verified' && <Choose of={asked} />}
            </>
          );
        }}
      </Answered>
    </Sheet>
  );
}

function Asked({ of: { words, purpose, groups, until, status } }: { of: Known }) {
  const { t } = useTranslation();
  return (
    <Section title={t('requests.from', { name: words?.name ?? t('someone'), hospital: words?.hospital ?? '' })}>
      <div>
        <State of={status}>{t(`requestStatuses.${status === 'verified' ? 'you' : status}`)}</State>
      </div>
      <Text>{words?.text || t('answer.noWords')}</Text>
      <Text>
        {t('answer.wants', {
          what: groups.map((group) => t(`groups.${group}`)).join(', '),
          purpose: t(`purposes.${purpose}`),
          until: fullTime(until),
        })}
      </Text>
      <Text c="dimmed">{t('answer.nobodyYet')}</Text>
    </Section>
  );
}

function Choose({ of: asked }: { of: Known }) {
  const { t } = useTranslation();
  const go = useNavigate();
  const records = useAnswer('records', []);
  const [groups, setGroups] = useState(asked.groups);
  const [days, setDays] = useState('asked');
  const [passOn, setPassOn] = useState<('doctor' | 'institute')[]>([]);
  const [existing, setExisting] = useState(true);
  const done = () => void go({ to: '/sharing' });
  const give = useAct('giveConsent', done);
  const refuse = useAct('refuse', () => void go({ to: '/' }));
  const until = days === 'asked' ? asked.until : Math.min(inDays(Number(days)), asked.until);
  const toggle = <Value,>(list: Value[], value: Value) =>
    list.includes(value) ? list.filter((one) => one !== value) : [...list, value];
  const count = existing ? (records.data?.records.filter(({ group }) => groups.includes(group)).length ?? 0) : 0;
  const effect = t(passOn.length > 0 ? 'answer.effectPassed' : 'answer.effect', {
    name: asked.words?.name ?? t('someone'),
    count,
    until: fullTime(until),
    roles: passOn.map((role) => t(`passOn.${role}`)).join(', '),
  });
  return (
    <Section title={t('answer.yours')}>
      <Stack gap="md">
        <Checkbox.Group label={t('answer.scope')} value={groups} onChange={() => {}}>
          <Stack gap="xs" mt="xs">
            {asked.groups.map((group) => (
              <Checkbox
                key={group}
                value={group}
                label={t(`groups.${group}`)}
                onChange={() => setGroups(toggle(groups, group))}
              />
            ))}
          </Stack>
        </Checkbox.Group>
        <NativeSelect
          label={t('answer.period')}
          value={days}
          onChange={(event) => setDays(event.currentTarget.value)}
          data={[
            { value: 'asked', label: t('answer.asAsked', { until: fullTime(asked.until) }) },
            ...PERIODS.filter((one) => inDays(one) < asked.until).map((one) => ({
              value: String(one),
              label: t('answer.days', { count: one }),
            })),
          ]}
        />
        <Checkbox
          label={t('answer.existing')}
          checked={existing}
          onChange={(event) => setExisting(event.currentTarget.checked)}
        />
        {(['doctor', 'institute'] as const).map((role) => (
          <Checkbox
            key={role}
            label={t(`answer.passOn.${role}`)}
            checked={passOn.includes(role)}
            onChange={() => setPassOn(toggle(passOn, role))}
          />
        ))}
        <Text fw={600} aria-live="polite">
          {groups.length === 0 ? t('answer.nothing') : effect}
        </Text>
        <Text c="dimmed">{t('answer.undo')}</Text>
        <Failed error={give.error ?? refuse.error} />
        <Group gap="sm" align="flex-start">
          <Button
            disabled={groups.length === 0}
            loading={give.isPending}
            onClick={() => give.mutate([{ request: asked.request, groups, until, delegateTo: passOn, existing }])}
          >
            {t('answer.yes')}
          </Button>
          <Reasoned
            label={t('answer.no')}
            question={t('answer.why')}
            busy={refuse.isPending}
            onDone={(reason) => refuse.mutate([asked.request, reason])}
          />
        </Group>
        {give.isPending && <Wait what={t('answer.working', { count })} />}
      </Stack>
    </Section>
  );
}
