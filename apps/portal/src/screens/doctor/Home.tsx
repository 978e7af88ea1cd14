import { Text } from '@mantine/core';
import { Link } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { fullTime, whenOf } from '../../page/saying.ts';
import { useAct, useAnswer } from '../../page/verbs.ts';
import { LinkButton } from '../../parts/LinkButton.tsx';
import { Confirmed } from '../../parts/Reasoned.tsx';
import { Empty, Section, Sheet, State } from '../../parts/Sheet.tsx';
import { Answered, Failed } from '../../parts/Wait.tsx';

/** The worklist: answers to my requests, and what was shared with me. */
export default function DoctorHome() {
  const { t } = useTranslation();
  const { data: seat } = useAnswer('seat', []);
  const name = seat?.name ?? '';
  return (
    <Sheet
      title={seat?.role === 'institute' ? name : t('doctor.home', { name })}
      action={seat?.role === 'doctor' && <LinkButton to="/patients">{t('doctor.find')}</LinkButton>}
    >
      {seat?.role === 'doctor' && <MyRequests />}
      <Received />
    </Sheet>
  );
}

function MyRequests() {
  const { t } = useTranslation();
  const requests = useAnswer('myRequests', []);
  const withdraw = useAct('withdraw');
  return (
    <Section title={t('doctor.requests')}>
      <Answered of={requests}>
        {(all) => (
          <>
            {all.length === 0 && <Empty>{t('doctor.noRequests')}</Empty>}
            <ul className="rows">
              {all.map(({ request, known, status, madeAt, until, groups }) => (
                <li key={request}>
                  <div className="what">
                    <Text fw={600}>{known?.name || t('doctor.patient', { number: known?.number ?? '' })}</Text>
                    <Text c="dimmed">
                      {groups.map((group) => t(`groups.${group}`)).join(', ')} ·{' '}
                      {t('sharing.until', { when: fullTime(until) })} · {whenOf(madeAt, t('today'))}
                    </Text>
                  </div>
                  <State of={status}>{t(`requestStatuses.${status}`)}</State>
                  {status === 'approved' && <Link to="/search">{t('doctor.openRecords')}</Link>}
                  {(status === 'waiting' || status === 'verified') && (
                    <Confirmed
                      label={t('doctor.withdraw')}
                      effect={t('doctor.withdrawEffect')}
                      busy={withdraw.isPending}
                      onDone={() => withdraw.mutate([request])}
                    />
                  )}
                </li>
              ))}
            </ul>
            <Failed error={withdraw.error} />
          </>
        )}
      </Answered>
    </Section>
  );
}

function Received() {
  const { t } = useTranslation();
  const delegations = useAnswer('delegations', []);
  return (
    <Section title={t('doctor.received')}>
      <Answered of={delegations}>
        {(all) => {
          const received = all.filter(({ mine, ended, topic }) => !mine && !ended && topic);
          if (received.length === 0) return <Empty>{t('doctor.noneReceived')}</Empty>;
          return (
            <ul className="rows">
              {received.map(({ delegation, topic, until }) => (
                <li key={delegation}>
                  <div className="what">
                    <Link to="/search" search={{ topic } as never}>
                      {topic === '*' ? t('colleagues.everything') : topic}
                    </Link>
                  </div>
                  <Text c="dimmed">{t('sharing.until', { when: fullTime(until) })}</Text>
                </li>
              ))}
            </ul>
          );
        }}
      </Answered>
    </Section>
  );
}
