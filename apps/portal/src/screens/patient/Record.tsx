import { Button, Stack, Text } from '@mantine/core';
import { Link, useParams } from '@tanstack/react-router';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { isLook, useWho } from '../../page/events.ts';
import { sizeOf, whenOf } from '../../page/saying.ts';
import { useAnswer } from '../../page/verbs.ts';
import { Content } from '../../parts/Content.tsx';
import { Empty, Section, Sheet } from '../../parts/Sheet.tsx';
import { Answered } from '../../parts/Wait.tsx';
import { Wide } from '../../parts/Wide.tsx';
import { NewVersion } from './NewVersion.tsx';

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

const hexOf = (bytes: Uint8Array): string =>
  [...bytes.subarray(0, 24)].map((byte) => byte.toString(16).padStart(2, '0')).join('');

/** What server and storage hold of the record: none of it can be read there. */
function Stored({ record }: { record: string }) {
  const { t } = useTranslation();
  const [open, setOpen] = useState(false);
  const stored = useAnswer('storedForm', [record], { enabled: open });
  if (!open)
    return (
      <div>
        <Button variant="subtle" onClick={() => setOpen(true)}>
          {t('technical.title')}
        </Button>
      </div>
    );
  return (
    <Section title={t('technical.title')}>
      <Text>{t('technical.text')}</Text>
      <Answered of={stored}>
        {({ record: held, slots, pieces }) => (
          <Stack gap="sm">
            <Text size="sm" className="mono">
              {t('technical.id')} {record}
            </Text>
            <Text size="sm" className="mono">
              {t('technical.card')} {hexOf(held.version.card)}… ({sizeOf(held.version.card.length)})
            </Text>
            <Text size="sm" className="mono">
              {t('technical.yours')} {hexOf(held.ownerBox)}… ({sizeOf(held.ownerBox.length)})
            </Text>
            {slots.map(({ slot, kind, value }) => (
              <Text key={slot} size="sm" className="mono">
                {t(`technical.${kind === 'topic' ? 'forTopic' : 'forReader'}`)} {hexOf(value)}… ({sizeOf(value.length)})
              </Text>
            ))}
            <Text>{t('technical.pieces', { count: pieces.length })}</Text>
            <Wide label={t('technical.table')}>
              <table>
                <thead>
                  <tr>
                    <th>{t('technical.store')}</th>
                    <th>{t('technical.object')}</th>
                    <th>{t('technical.size')}</th>
                  </tr>
                </thead>
                <tbody>
                  {pieces.map(({ store, object, sizeBytes }) => (
                    <tr key={`${store}${object}`}>
                      <td>{store}</td>
                      <td className="mono">{object}</td>
                      <td>{sizeOf(sizeBytes)}</td>
                    </tr>
                  ))}
                </tbody>
              </table>
            </Wide>
          </Stack>
        )}
      </Answered>
    </Section>
  );
}
