import { Text, TextInput } from '@mantine/core';
import { Link } from '@tanstack/react-router';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { sizeOf, whenOf } from '../../page/saying.ts';
import { useAnswer } from '../../page/verbs.ts';
import { LinkButton } from '../../parts/LinkButton.tsx';
import { Empty, Section, Sheet } from '../../parts/Sheet.tsx';
import { Answered } from '../../parts/Wait.tsx';

/** All my records, newest first. */
export default function Records() {
  const { t } = useTranslation();
  const records = useAnswer('records', []);
  const [filter, setFilter] = useState('');
  const wanted = filter.trim().toLowerCase();
  return (
    <Sheet title={t('records.title')} action={<LinkButton to="/add">{t('home.add')}</LinkButton>}>
      <TextInput
        label={t('records.filter')}
        value={filter}
        onChange={(event) => setFilter(event.currentTarget.value)}
      />
      <Answered of={records} what={t('home.opening')}>
        {({ records: all, unreadable }) => {
          const shown = all.filter(({ title, topics }) =>
            [title, ...topics].some((one) => one.toLowerCase().includes(wanted)),
          );
          return (
            <Section title={t('records.count', { count: shown.length })}>
              {shown.length === 0 && <Empty>{t(wanted ? 'records.noMatch' : 'records.empty')}</Empty>}
              <ul className="rows">
                {shown.map(({ record, group, title, time, sizeBytes, topics }) => (
                  <li key={record}>
                    <div className="what">
                      <Link to="/records/$record" params={{ record }}>
                        {title}
                      </Link>
                      <Text size="sm" c="dimmed">
                        {topics.join(' · ')}
                      </Text>
                    </div>
                    <Text c="dimmed" className="numbers">
                      {group === 'document' && `${sizeOf(sizeBytes)} · `}
                      {whenOf(time, t('today'))}
                    </Text>
                  </li>
                ))}
              </ul>
              {unreadable > 0 && <Text className="bad">{t('records.unreadable', { count: unreadable })}</Text>}
            </Section>
          );
        }}
      </Answered>
    </Sheet>
  );
}
