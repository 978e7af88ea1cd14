import { Button, SegmentedControl, Text } from '@mantine/core';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { isLook, useWho } from '../../page/events.ts';
import { whenOf } from '../../page/saying.ts';
import { useAnswer } from '../../page/verbs.ts';
import { Empty, Section, Sheet } from '../../parts/Sheet.tsx';
import { Answered } from '../../parts/Wait.tsx';
import type { Verbs } from '../../worker/verbs/index.ts';

type Event = Awaited<ReturnType<Verbs['activity']>>[number];

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
          const shown = only === 'all' ? events : events.filter(isLook);
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

function Line({ of }: { of: Event }) {
  const { t } = useTranslation();
  const name = useWho();
  const { type, records, purpose, through, to, time } = of;
  return (
    <li>
      <div className="what">
        <Text>
          <b>{name(of)}</b> {t(`did.${type.replace('.', '-')}`)}{' '}
          {records.map(({ title }) => title ?? t('activity.aRecord')).join(', ')}
        </Text>
        {to && <Text c="dimmed">{t('activity.to', { name: name(to) })}</Text>}
        {purpose && <Text c="dimmed">{t('activity.why', { purpose: t(`purposes.${purpose}`) })}</Text>}
        {through && <Text c="dimmed">{t('activity.through', { name: name(through) })}</Text>}
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
