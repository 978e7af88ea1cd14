import { Stack, Text } from '@mantine/core';
import { Link } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { isLook } from '../../page/events.ts';
import { daysUntil, whenOf } from '../../page/saying.ts';
import { useAnswer } from '../../page/verbs.ts';
import { LinkButton } from '../../parts/LinkButton.tsx';
import { Empty, Section, Sheet } from '../../parts/Sheet.tsx';
import { SIGNS } from '../../parts/signs.ts';
import { Answered } from '../../parts/Wait.tsx';

const LATEST = 5;
const WEEK_MS = 7 * 86_400_000;

function greeting(): string {
  const hour = new Date().getHours();
  return hour < 12 ? 'morning' : hour < 18 ? 'afternoon' : 'evening';
}

/** What waits for me, what is new, who looked. */
export default function PatientHome() {
  const { t } = useTranslation();
  const { data: seat } = useAnswer('seat', []);
  return (
    <Sheet
      title={t(`greeting.${greeting()}`, { name: seat?.name.split(' ')[0] ?? '' })}
      action={<LinkButton to="/add">{t('home.add')}</LinkButton>}
    >
      <WaitingForMe />
      <Latest />
      <WhoLooked />
    </Sheet>
  );
}

function WaitingForMe() {
  const { t } = useTranslation();
  const requests = useAnswer('requestsToMe', []);
  const open = requests.data?.filter(({ status }) => status === 'verified') ?? [];
  if (open.length === 0 && !requests.error) return null;
  return (
    <Section title={t('home.waiting', { count: open.length })} waiting>
      <Answered of={requests}>
        {() => (
          <ul className="rows">
            {open.map(({ request, words, groups, until }) => (
              <li key={request}>
                <div className="what">
                  <Text fw={600}>
                    {t('requests.from', { name: words?.name ?? t('someone'), hospital: words?.hospital ?? '' })}
                  </Text>
                  <Text>
                    {t('requests.asksFor', {
                      what: groups.map((group) => t(`groups.${group}`)).join(', '),
                      days: daysUntil(until),
                    })}
                  </Text>
                </div>
                <LinkButton to="/requests/$request" params={{ request }}>
                  {t('home.look')}
                </LinkButton>
              </li>
            ))}
          </ul>
        )}
      </Answered>
    </Section>
  );
}

function Latest() {
  const { t } = useTranslation();
  const records = useAnswer('records', []);
  const measured = useAnswer('measurements', []);
  const pressureOf = (record: string): string => {
    const of = (code: string) => measured.data?.find((one) => one.record === record && one.code === code)?.value;
    const [systolic, diastolic] = [of(SIGNS.systolic.code), of(SIGNS.diastolic.code)];
    return systolic && diastolic ? t('home.pressure', { systolic, diastolic }) : '';
  };
  return (
    <Section title={t('home.latest')}>
      <Answered of={records} what={t('home.opening')}>
        {({ records: all }) =>
          all.length === 0 ? (
            <Empty>{t('records.empty')}</Empty>
          ) : (
            <>
              <ul className="rows">
                {all.slice(0, LATEST).map(({ record, group, title, time }) => (
                  <li key={record}>
                    <div className="what">
                      <Link to="/records/$record" params={{ record }}>
                        {(group === 'vitals' && pressureOf(record)) || title}
                      </Link>
                    </div>
                    <Text c="dimmed">{whenOf(time, t('today'))}</Text>
                  </li>
                ))}
              </ul>
              <Text>
                <Link to="/records">{t('home.allRecords', { count: all.length })}</Link> ·{' '}
                <Link to="/charts">{t('charts.title')}</Link>
              </Text>
            </>
          )
        }
      </Answered>
    </Section>
  );
}

function WhoLooked() {
  const { t } = useTranslation();
  const activity = useAnswer('activity', []);
  return (
    <Section title={t('home.whoLooked')}>
      <Answered of={activity} what={t('activity.checking')}>
        {(events) => {
          const looks = events.filter((event) => isLook(event) && event.time > Date.now() - WEEK_MS);
          return (
            <Stack gap={4}>
              <Text>{looks.length === 0 ? t('home.nobodyLooked') : t('home.looks', { count: looks.length })}</Text>
              <Link to="/activity">{t('home.seeAll')}</Link>
            </Stack>
          );
        }}
      </Answered>
    </Section>
  );
}
