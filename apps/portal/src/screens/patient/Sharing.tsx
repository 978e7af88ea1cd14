import { Text } from '@mantine/core';
import { Link } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { fullTime, short, whenOf } from '../../page/saying.ts';
import { useAct, useAnswer } from '../../page/verbs.ts';
import { Confirmed } from '../../parts/Reasoned.tsx';
import { Empty, Section, Sheet, State } from '../../parts/Sheet.tsx';
import { Answered, Failed } from '../../parts/Wait.tsx';

/** Who can open my records, how to stop it, and everything that was ever asked. */
export default function Sharing() {
  const { t } = useTranslation();
  const readers = useAnswer('readers', []);
  const stop = useAct('stopSharing');
  const end = useAct('endPassing');
  return (
    <Sheet title={t('sharing.title')}>
      <Answered of={readers}>
        {({ readers: all, passed }) => (
          <>
            <Section title={t('sharing.who')}>
              {all.length === 0 && <Empty>{t('sharing.nobody')}</Empty>}
              <ul className="rows">
                {all.map(({ account, person, groups, until, delegateTo }) => (
                  <li key={account}>
                    <div className="what">
                      <Text fw={600}>{person?.name ?? t('someone')}</Text>
                      <Text>
                        {groups.map((group) => t(`groups.${group}`)).join(', ')} ·{' '}
                        {t('sharing.until', { when: fullTime(until) })}
                      </Text>
                      {delegateTo.length > 0 && (
                        <Text c="dimmed">
                          {t('sharing.mayPass', { roles: delegateTo.map((role) => t(`passOn.${role}`)).join(', ') })}
                        </Text>
                      )}
                    </div>
                    <Confirmed
                      label={t('sharing.stop')}
                      effect={t('sharing.stopEffect', { name: person?.name ?? t('someone') })}
                      busy={stop.isPending}
                      onDone={() => stop.mutate([account])}
                    />
                  </li>
                ))}
              </ul>
            </Section>
            {passed.length > 0 && (
              <Section title={t('sharing.passed')}>
                <ul className="rows">
                  {passed.map(({ delegation, person, to, until }) => (
                    <li key={delegation}>
                      <div className="what">
                        {t('sharing.passedOn', {
                          from: person?.name ?? t('someone'),
                          to: short(to),
                          until: fullTime(until),
                        })}
                      </div>
                      <Confirmed
                        label={t('sharing.end')}
                        effect={t('sharing.endEffect')}
                        busy={end.isPending}
                        onDone={() => end.mutate([delegation])}
                      />
                    </li>
                  ))}
                </ul>
              </Section>
            )}
            <Failed error={stop.error ?? end.error} />
          </>
        )}
      </Answered>
      <Asked />
    </Sheet>
  );
}

function Asked() {
  const { t } = useTranslation();
  const requests = useAnswer('requestsToMe', []);
  return (
    <Section title={t('sharing.asked')}>
      <Answered of={requests}>
        {(all) =>
          all.length === 0 ? (
            <Empty>{t('sharing.noneAsked')}</Empty>
          ) : (
            <ul className="rows">
              {all.map(({ request, words, status, madeAt }) => (
                <li key={request}>
                  <div className="what">
                    <Link to="/requests/$request" params={{ request }}>
                      {words?.name ?? t('someone')}
                    </Link>{' '}
                    <Text span c="dimmed">
                      {whenOf(madeAt, t('today'))}
                    </Text>
                  </div>
                  <State of={status}>{t(`requestStatuses.${status === 'verified' ? 'you' : status}`)}</State>
                </li>
              ))}
            </ul>
          )
        }
      </Answered>
    </Section>
  );
}
