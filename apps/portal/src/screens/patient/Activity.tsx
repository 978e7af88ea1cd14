import { Button, SegmentedControl, Text } from '@mantine/core';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { short, whenOf } from '../../page/saying.ts';
import { useAnswer } from '../../page/verbs.ts';
import { Empty, Section, Sheet } from '../../parts/Sheet.tsx';
import { Answered } from '../../parts/Wait.tsx';
import type { Verbs } from '../../worker/verbs/index.ts';

type Event = Awaited<ReturnType<Verbs['activity']>>[number];
const ID = /^[0-9a-f]{32}$/;

/** Everything that concerns me: who looked at what, when and why; complete, and checked here. */
export default function Activity() {
  const { t } = useTranslation();
  const activity = useAnswer('activity', []);
  const [only, setOnly] = useState<'looks' | 'all'>('looks');
  return (
    <Sheet title={t('activity.title')}>
      <SegmentedControl
        fullWidth
        aria-label={t('activity.show')}
        value={only}
        onChange={(value) => setOnly(value as typeof only)}
        data={(['looks', 'all'] as const).map((value) => ({ value, label: t(`activity.${value}`) }))}
      />
      <Answered of={activity} what={t('activity.checking')}>
        {(events) => {
          const shown = only === 'all' ? events : events.filter(({ what }) => what === 'looked at');
          return (
            <>
              <Checked count={events.length} />
              <Section title={t(`activity.${only}`)}>
                {shown.length === 0 && <Empty>{t('activity.empty')}</Empty>}
                <ul className="rows">
                  {shown.map((event) => (
                    <Line key={event.operation} of={event} />
                  ))}
                </ul>
              </Section>
            </>
          );
        }}
      </Answered>
    </Sheet>
  );
}

function Line({ of: { who, what, records, why, time } }: { of: Event }) {
  const { t } = useTranslation();
  const name = ID.test(who) ? t('activity.account', { id: short(who) }) : who === 'you' ? t('you') : who;
  return (
    <li>
      <div className="what">
        <Text>
          <b>{name}</b> {what} {records?.map((record) => (ID.test(record) ? t('activity.aRecord') : record)).join(', ')}
        </Text>
        {why && <Text c="dimmed">{t('activity.why', { purpose: t(`purposes.${why}`) })}</Text>}
      </div>
      <Text c="dimmed">{whenOf(time, t('today'))}</Text>
    </li>
  );
}

function Checked({ count }: { count: number }) {
  const { t } = useTranslation();
  const [open, setOpen] = useState(false);
  return (
    <div>
      <Button variant="light" aria-expanded={open} onClick={() => setOpen(!open)}>
        {t('activity.checked')}
      </Button>
      {open && (
        <Text mt="xs" role="note">
          {t('activity.checkedHow', { count })}
        </Text>
      )}
    </div>
  );
}
