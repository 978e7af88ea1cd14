import { Stack, Text } from '@mantine/core';
import { Link, useParams } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { isLook, useWho } from '../../page/events.ts';
import { whenOf } from '../../page/saying.ts';
import { useAnswer } from '../../page/verbs.ts';
import { Content } from '../../parts/Content.tsx';
import { Empty, Section, Sheet } from '../../parts/Sheet.tsx';
import { Answered } from '../../parts/Wait.tsx';
import { NewVersion } from './NewVersion.tsx';
import { Stored } from './Stored.tsx';
import { Where } from './Where.tsx';

/** A record of mine: what it says; beside it who can open it and who looked; below, how it is stored. */
export default function Record() {
  const { t } = useTranslation();
  const { record } = useParams({ from: '/records/$record' });
  const opened = useAnswer('openRecord', [record]);
  return (
    <Sheet title={opened.data?.title ?? t('record.title')} wide>
      <Answered of={opened} what={t('record.opening')}>
        {(shown) => (
          <div className="beside">
            <section className="card" aria-label={shown.title}>
              <Stack gap="md">
                <Content of={shown} />
                {shown.kind === 'document' && <NewVersion record={record} />}
              </Stack>
            </section>
            <Stack gap="lg" mt={{ base: 0 }}>
              <WhoCan kind={shown.kind} />
              <WhoLooked record={record} />
              <Where record={record} />
              <Section title={t('record.topics')}>
                <Text>{shown.topics.join(' · ')}</Text>
              </Section>
            </Stack>
          </div>
        )}
      </Answered>
      <Stored record={record} />
    </Sheet>
  );
}

function WhoCan({ kind }: { kind: 'vitals' | 'document' }) {
  const { t } = useTranslation();
  const readers = useAnswer('readers', []);
  return (
    <Section title={t('record.whoCan')}>
      <Answered of={readers}>
        {({ readers: all }) => {
          const can = all.filter(({ groups }) => groups.includes(kind));
          if (can.length === 0) return <Empty>{t('record.onlyYou')}</Empty>;
          return (
            <ul className="rows">
              {can.map(({ account, person, until }) => (
                <li key={account}>
                  <div className="what">{person?.name ?? t('someone')}</div>
                  <Text c="dimmed">{t('sharing.until', { when: whenOf(until, t('today')) })}</Text>
                </li>
              ))}
            </ul>
          );
        }}
      </Answered>
      <Link to="/sharing">{t('record.change')}</Link>
    </Section>
  );
}

function WhoLooked({ record }: { record: string }) {
  const { t } = useTranslation();
  const name = useWho();
  const activity = useAnswer('activity', []);
  return (
    <Section title={t('home.whoLooked')}>
      <Answered of={activity} what={t('activity.checking')}>
        {(events) => {
          const looks = events.filter((event) => isLook(event) && event.records.some((one) => one.record === record));
          if (looks.length === 0) return <Empty>{t('record.nobody')}</Empty>;
          return (
            <ul className="rows">
              {looks.map((look) => (
                <li key={look.operation}>
                  <div className="what">
                    {name(look)}
                    {look.purpose && <Text c="dimmed">{t(`purposes.${look.purpose}`)}</Text>}
                    {look.through && <Text c="dimmed">{t('activity.through', { name: name(look.through) })}</Text>}
                  </div>
                  <Text c="dimmed">{whenOf(look.time, t('today'))}</Text>
                </li>
              ))}
            </ul>
          );
        }}
      </Answered>
    </Section>
  );
}
