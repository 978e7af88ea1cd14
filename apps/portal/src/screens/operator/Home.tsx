import { Text } from '@mantine/core';
import { Link } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { whenOf } from '../../page/saying.ts';
import { useAnswer } from '../../page/verbs.ts';
import { Empty, Section, Sheet } from '../../parts/Sheet.tsx';
import { Answered } from '../../parts/Wait.tsx';
import { LOOKS_EVERY_MS } from './looking.ts';

/** What waits for the operator. */
export default function OperatorHome() {
  const { t } = useTranslation();
  const accounts = useAnswer('accounts', [], { everyMs: LOOKS_EVERY_MS });
  const requests = useAnswer('allRequests', [], { everyMs: LOOKS_EVERY_MS });
  return (
    <Sheet title={t('operator.home')}>
      <Answered of={accounts}>
        {(all) => {
          const waiting = all.filter(({ status }) => status === 'waiting');
          return (
            <Section title={t('operator.waiting', { count: waiting.length })} waiting={waiting.length > 0}>
              {waiting.length === 0 && <Empty>{t('operator.nobodyWaits')}</Empty>}
              <ul className="rows">
                {waiting.map(({ account, profile, role, registeredAt }) => (
                  <li key={account}>
                    <div className="what">
                      <Link to="/people" hash={account}>
                        {profile?.name ?? t('operator.unreadable')}
                      </Link>
                      <Text c="dimmed">{t(`roles.${role}`)}</Text>
                    </div>
                    <Text c="dimmed">{whenOf(registeredAt, t('today'))}</Text>
                  </li>
                ))}
              </ul>
            </Section>
          );
        }}
      </Answered>
      <Answered of={requests}>
        {(all) => {
          const waiting = all.filter(({ status }) => status === 'waiting');
          return (
            <Section title={t('operator.requestsWaiting', { count: waiting.length })} waiting={waiting.length > 0}>
              {waiting.length === 0 && <Empty>{t('operator.noRequests')}</Empty>}
              <ul className="rows">
                {waiting.map(({ request, doctorName, patientName, madeAt }) => (
                  <li key={request}>
                    <div className="what">
                      <Link to="/asked" hash={request}>
                        {t('operator.asks', { doctor: doctorName, patient: patientName })}
                      </Link>
                    </div>
                    <Text c="dimmed">{whenOf(madeAt, t('today'))}</Text>
                  </li>
                ))}
              </ul>
            </Section>
          );
        }}
      </Answered>
    </Sheet>
  );
}
