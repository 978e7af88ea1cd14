import { Text } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { whenOf } from '../../page/saying.ts';
import { useAnswer } from '../../page/verbs.ts';
import { Section } from '../../parts/Sheet.tsx';
import { Answered } from '../../parts/Wait.tsx';

// Checks come once a day; nobody is told of them.
const LOOKS_EVERY_MS = 60_000;

/** In which stores the record's pieces lie, and when a storage check last found that these hold what they were given. */
export function Where({ record }: { record: string }) {
  const { t } = useTranslation();
  const lies = useAnswer('whereItLies', [record], { everyMs: LOOKS_EVERY_MS });
  return (
    <Section title={t('where.title')}>
      <Answered of={lies}>
        {({ dataShards, totalShards, stores }) => (
          <>
            <Text>{t('where.rule', { dataShards, totalShards })}</Text>
            <ul className="rows">
              {stores.map(({ store, pieces, stored, checkedAt }) => (
                <li key={store}>
                  <div className="what">
                    {store}
                    <Text c="dimmed">
                      {stored === pieces
                        ? t('where.pieces', { count: pieces })
                        : t('where.some', { count: pieces, stored })}
                    </Text>
                  </div>
                  <Text c="dimmed">
                    {checkedAt === undefined
                      ? t('where.unchecked')
                      : t('where.checked', { when: whenOf(checkedAt, t('today')) })}
                  </Text>
                </li>
              ))}
            </ul>
          </>
        )}
      </Answered>
    </Section>
  );
}
