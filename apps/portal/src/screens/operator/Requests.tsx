import { Button, NativeSelect, Stack, Text } from '@mantine/core';
import { useLocation } from '@tanstack/react-router';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { fullTime, short, whenOf } from '../../page/saying.ts';
import { useAct, useAnswer } from '../../page/verbs.ts';
import { Email } from '../../parts/Email.tsx';
import { Reasoned } from '../../parts/Reasoned.tsx';
import { Empty, Section, Sheet, State } from '../../parts/Sheet.tsx';
import { Answered, Failed } from '../../parts/Wait.tsx';
import { Wide } from '../../parts/Wide.tsx';
import type { Verbs } from '../../worker/verbs/index.ts';
import { LOOKS_EVERY_MS } from './looking.ts';

type Known = Awaited<ReturnType<Verbs['allRequests']>>[number];
const COLUMNS = ['id', 'doctor', 'email', 'patient', 'status', 'time'] as const;

/** Requests of doctors: confirmed or turned down here, answered by the patient. */
export default function Requests() {
  const { t } = useTranslation();
  const requests = useAnswer('allRequests', [], { everyMs: LOOKS_EVERY_MS });
  const { hash } = useLocation();
  const [chosen, setChosen] = useState(hash);
  const [status, setStatus] = useState('');
  return (
    <Sheet title={t('asked.title')} wide>
      <NativeSelect
        label={t('people.status')}
        value={status}
        onChange={(event) => setStatus(event.currentTarget.value)}
        data={['', 'waiting', 'verified', 'approved', 'rejected', 'expired', 'withdrawn'].map((value) => ({
          value,
          label: t(value ? `requestStatuses.${value}` : 'people.all'),
        }))}
      />
      <Answered of={requests}>
        {(all) => {
          const shown = all.filter((one) => !status || one.status === status);
          const one = all.find(({ request }) => request === chosen);
          return (
            <div className="beside">
              <section className="card" aria-label={t('asked.title')}>
                {shown.length === 0 && <Empty>{t('asked.none')}</Empty>}
                <RequestTable of={shown} chosen={chosen} onChoose={setChosen} />
              </section>
              {one ? <Details key={one.request} of={one} /> : <Empty>{t('asked.choose')}</Empty>}
            </div>
          );
        }}
      </Answered>
    </Sheet>
  );
}

function RequestTable({ of, chosen, onChoose }: { of: Known[]; chosen: string; onChoose: (id: string) => void }) {
  const { t } = useTranslation();
  return (
    <Wide label={t('asked.table')}>
      <table>
        <thead>
          <tr>
            {COLUMNS.map((name) => (
              <th key={name} scope="col">
                {t(`asked.${name}`)}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {of.map(({ request, doctorName, doctorEmail, patientName, patientNumber, status, madeAt }) => (
            <tr key={request} data-chosen={request === chosen || undefined}>
              <td>
                <button type="button" className="pick mono" onClick={() => onChoose(request)}>
                  {short(request)}
                </button>
              </td>
              <td>{doctorName}</td>
              <td>
                <Email of={doctorEmail} />
              </td>
              <td>
                {patientName} {patientNumber}
              </td>
              <td>
                <State of={status}>{t(`requestStatuses.${status}`)}</State>
              </td>
              <td>{whenOf(madeAt, t('today'))}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </Wide>
  );
}

function Details({ of }: { of: Known }) {
  const { t } = useTranslation();
  const { request, doctorName, words, purpose, groups, until, status } = of;
  const verify = useAct('verify');
  const reject = useAct('rejectRequest');
  return (
    <Section title={doctorName}>
      <div>
        <State of={status}>{t(`requestStatuses.${status}`)}</State>
      </div>
      <dl className="values">
        <dt>{t('fields.email')}</dt>
        <dd>
          <Email of={of.doctorEmail} />
        </dd>
        <dt>{t('asked.patient')}</dt>
        <dd>
          {of.patientName} {of.patientNumber}
        </dd>
        <dt>{t('asked.time')}</dt>
        <dd>{whenOf(of.madeAt, t('today'))}</dd>
      </dl>
      <Text>{words?.text || t('answer.noWords')}</Text>
      <Text>
        {t('answer.wants', {
          what: groups.map((group) => t(`groups.${group}`)).join(', '),
          purpose: t(`purposes.${purpose}`),
          until: fullTime(until),
        })}
      </Text>
      <Stack gap="sm">
        {status === 'waiting' && (
          <Button loading={verify.isPending} onClick={() => verify.mutate([request])}>
            {t('asked.verify')}
          </Button>
        )}
        {(status === 'waiting' || status === 'verified') && (
          <Reasoned
            label={t('asked.reject')}
            question={t('asked.rejectWhy')}
            busy={reject.isPending}
            onDone={(reason) => reject.mutate([request, reason])}
          />
        )}
        <Failed error={verify.error ?? reject.error} />
      </Stack>
    </Section>
  );
}
