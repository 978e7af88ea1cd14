import { Button, Group, NativeSelect, Stack, Text, TextInput } from '@mantine/core';
import { useLocation } from '@tanstack/react-router';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { whenOf } from '../../page/saying.ts';
import { useAct, useAnswer } from '../../page/verbs.ts';
import { Confirmed, Reasoned } from '../../parts/Reasoned.tsx';
import { Empty, Section, Sheet, State } from '../../parts/Sheet.tsx';
import { Answered, Failed } from '../../parts/Wait.tsx';
import { Wide } from '../../parts/Wide.tsx';
import type { Verbs } from '../../worker/verbs/index.ts';
import { LOOKS_EVERY_MS } from './looking.ts';

type Account = Awaited<ReturnType<Verbs['accounts']>>[number];
const FIELDS = ['email', 'birthDate', 'phone', 'address', 'licence', 'speciality', 'hospital'] as const;

/** Patients and doctors in a table; the chosen one's details and what can be done beside it. */
export default function People() {
  const { t } = useTranslation();
  const accounts = useAnswer('accounts', [], { everyMs: LOOKS_EVERY_MS });
  const { hash } = useLocation();
  const [chosen, setChosen] = useState(hash);
  const [role, setRole] = useState('');
  const [status, setStatus] = useState('');
  const [text, setText] = useState('');
  const fits = (one: Account) =>
    (!role || one.role === role) &&
    (!status || one.status === status) &&
    `${one.profile?.name ?? ''} ${one.profile?.email ?? ''} ${one.number}`.toLowerCase().includes(text.toLowerCase());
  return (
    <Sheet title={t('people.title')} wide>
      <Group gap="sm" align="flex-end">
        <NativeSelect
          label={t('people.role')}
          value={role}
          onChange={(event) => setRole(event.currentTarget.value)}
          data={['', 'patient', 'doctor', 'institute'].map((value) => ({
            value,
            label: t(value ? `roles.${value}` : 'people.all'),
          }))}
        />
        <NativeSelect
          label={t('people.status')}
          value={status}
          onChange={(event) => setStatus(event.currentTarget.value)}
          data={['', 'waiting', 'active', 'rejected', 'suspended'].map((value) => ({
            value,
            label: t(value ? `statuses.${value}` : 'people.all'),
          }))}
        />
        <TextInput label={t('people.filter')} value={text} onChange={(event) => setText(event.currentTarget.value)} />
      </Group>
      <Answered of={accounts}>
        {(all) => {
          const shown = all.filter((one) => one.role !== 'operator' && fits(one));
          const one = all.find(({ account }) => account === chosen);
          return (
            <div className="beside">
              <section className="card" aria-label={t('people.title')}>
                {shown.length === 0 && <Empty>{t('people.none')}</Empty>}
                <PeopleTable of={shown} chosen={chosen} onChoose={setChosen} />
              </section>
              {one ? <Details key={one.account} of={one} all={all} /> : <Empty>{t('people.choose')}</Empty>}
            </div>
          );
        }}
      </Answered>
    </Sheet>
  );
}

function PeopleTable({ of, chosen, onChoose }: { of: Account[]; chosen: string; onChoose: (account: string) => void }) {
  const { t } = useTranslation();
  return (
    <Wide label={t('people.table')}>
      <table>
        <thead>
          <tr>
            {(['name', 'role', 'number', 'status', 'registered'] as const).map((name) => (
              <th key={name} scope="col">
                {t(`people.${name}`)}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {of.map(({ account, profile, role, number, status, registeredAt }) => (
            <tr key={account} data-chosen={account === chosen || undefined}>
              <td>
                <button type="button" className="pick" onClick={() => onChoose(account)}>
                  {profile?.name ?? t('operator.unreadable')}
                </button>
              </td>
              <td>{t(`roles.${role}`)}</td>
              <td>{number}</td>
              <td>
                <State of={status}>{t(`statuses.${status}`)}</State>
              </td>
              <td>{whenOf(registeredAt, t('today'))}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </Wide>
  );
}

function Details({ of, all }: { of: Account; all: Account[] }) {
  const { t } = useTranslation();
  const { account, profile, role, number, status } = of;
  const activate = useAct('activate');
  const reject = useAct('rejectAccount');
  const suspend = useAct('suspend');
  const resume = useAct('resumeAccount');
  const failed = [activate, reject, suspend, resume].find(({ error }) => error)?.error;
  return (
    <Section title={profile?.name ?? t('operator.unreadable')}>
      <div>
        <State of={status}>{t(`statuses.${status}`)}</State> {t(`roles.${role}`)} {number}
      </div>
      {profile ? (
        <dl className="values">
          {FIELDS.filter((field) => field in profile).map((field) => (
            <div key={field} style={{ display: 'contents' }}>
              <dt>{t(`fields.${field}`)}</dt>
              <dd>{(profile as Record<string, string>)[field]}</dd>
            </div>
          ))}
        </dl>
      ) : (
        <Text className="bad">{t('operator.unreadableHelp')}</Text>
      )}
      <Stack gap="sm">
        {status === 'waiting' && profile && (
          <Button loading={activate.isPending} onClick={() => activate.mutate([account])}>
            {t('people.activate')}
          </Button>
        )}
        {status === 'waiting' && (
          <Reasoned
            label={t('people.reject')}
            question={t('people.rejectWhy')}
            busy={reject.isPending}
            onDone={(reason) => reject.mutate([account, reason])}
          />
        )}
        {status === 'active' && (
          <Reasoned
            label={t('people.suspend')}
            question={t('people.suspendWhy')}
            busy={suspend.isPending}
            onDone={(reason) => suspend.mutate([account, reason])}
          />
        )}
        {status === 'suspended' && (
          <Confirmed
            label={t('people.resume')}
            effect={t('people.resumeEffect')}
            busy={resume.isPending}
            onDone={() => resume.mutate([account])}
          />
        )}
        <Failed error={failed} />
        {role === 'patient' && status === 'active' && <Assign patient={account} all={all} />}
      </Stack>
    </Section>
  );
}

/** Puts a patient on a doctor's list, or takes them off; it permits nothing. */
function Assign({ patient, all }: { patient: string; all: Account[] }) {
  const { t } = useTranslation();
  const [doctor, setDoctor] = useState('');
  const [done, setDone] = useState('');
  const assign = useAct('assign', () => setDone(t('assign.done')));
  const end = useAct('endAssignment', () => setDone(t('assign.ended')));
  const doctors = all.filter((one) => one.role === 'doctor' && one.status === 'active');
  return (
    <Stack gap="xs">
      <NativeSelect
        label={t('assign.doctor')}
        description={t('assign.help')}
        value={doctor}
        onChange={(event) => {
          setDoctor(event.currentTarget.value);
          setDone('');
        }}
        data={[
          { value: '', label: t('assign.choose') },
          ...doctors.map(({ account, profile }) => ({ value: account, label: profile?.name ?? account })),
        ]}
      />
      <Group gap="sm">
        <Button
          variant="light"
          disabled={!doctor}
          loading={assign.isPending}
          onClick={() => assign.mutate([doctor, patient])}
        >
          {t('assign.assign')}
        </Button>
        <Button
          variant="subtle"
          disabled={!doctor}
          loading={end.isPending}
          onClick={() => end.mutate([doctor, patient])}
        >
          {t('assign.end')}
        </Button>
      </Group>
      <Text role="status">{done}</Text>
      <Failed error={assign.error ?? end.error} />
    </Stack>
  );
}
