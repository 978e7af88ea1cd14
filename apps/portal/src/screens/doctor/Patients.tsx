import { Button, Checkbox, NativeSelect, Stack, Text, Textarea, TextInput } from '@mantine/core';
import { type FormEvent, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { fullTime, inDays } from '../../page/saying.ts';
import { useAct, useAnswer } from '../../page/verbs.ts';
import { Empty, Section, Sheet, State } from '../../parts/Sheet.tsx';
import { Answered, Failed, Wait } from '../../parts/Wait.tsx';
import type { KnownPatient } from '../../worker/known.ts';
import { PURPOSES } from './purposes.ts';

const PERIODS = [7, 30, 90, 365];

/** Finds a patient and asks them for access. */
export default function Patients() {
  const { t } = useTranslation();
  const [chosen, setChosen] = useState<KnownPatient>();
  const known = useAnswer('patients', []);
  return (
    <Sheet title={t('patients.title')}>
      <Find onFound={setChosen} />
      {chosen && <Patient key={chosen.account} of={chosen} />}
      <Section title={t('patients.known')}>
        <Answered of={known}>
          {(all) => (
            <>
              {all.length === 0 && <Empty>{t('patients.none')}</Empty>}
              <ul className="rows">
                {all.map((one) => (
                  <li key={one.account}>
                    <button type="button" className="pick what" onClick={() => setChosen(one)}>
                      {one.name || t('doctor.patient', { number: one.number })}
                    </button>
                    {one.assigned && <State of="assigned">{t('patients.assigned')}</State>}
                    <Text c="dimmed">{one.number}</Text>
                  </li>
                ))}
              </ul>
            </>
          )}
        </Answered>
      </Section>
    </Sheet>
  );
}

function Find({ onFound }: { onFound: (patient: KnownPatient) => void }) {
  const { t } = useTranslation();
  const [form, setForm] = useState({ number: '', name: '', birthDate: '' });
  const find = useAct('findPatient', onFound);
  const field = (name: keyof typeof form) => ({
    label: t(`patients.${name}`),
    value: form[name],
    onChange: (event: { currentTarget: { value: string } }) => setForm({ ...form, [name]: event.currentTarget.value }),
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    const { number, name, birthDate } = form;
    find.mutate([number.trim() ? { number: number.trim() } : { name: name.trim(), birthDate }]);
  };
  return (
    <form className="card" onSubmit={submit} aria-label={t('patients.find')}>
      <Stack gap="md">
        <TextInput inputMode="numeric" {...field('number')} />
        <div className="two">
          <TextInput {...field('name')} />
          <TextInput type="date" {...field('birthDate')} />
        </div>
        <Text c="dimmed">{t('patients.help')}</Text>
        <Failed error={find.error} />
        <Button type="submit" loading={find.isPending} disabled={!form.number && !(form.name && form.birthDate)}>
          {t('patients.find')}
        </Button>
      </Stack>
    </form>
  );
}

function Patient({ of: { account, number, name } }: { of: KnownPatient }) {
  const { t } = useTranslation();
  const grant = useAnswer('grantFrom', [account]);
  const requests = useAnswer('myRequests', []);
  const open = requests.data?.find(
    ({ patient, status }) => patient === account && (status === 'waiting' || status === 'verified'),
  );
  return (
    <Section title={name || t('doctor.patient', { number })}>
      {name && <Text>{t('doctor.patient', { number })}</Text>}
      {grant.data?.status === 'active' && (
        <Text>
          <State of="approved">{t('patients.may')}</State> {t('sharing.until', { when: fullTime(grant.data.until) })}
        </Text>
      )}
      {open ? (
        <Text role="status">
          <State of={open.status}>{t(`requestStatuses.${open.status}`)}</State> {t('patients.asked')}
        </Text>
      ) : (
        <Ask patient={account} />
      )}
    </Section>
  );
}

function Ask({ patient }: { patient: string }) {
  const { t } = useTranslation();
  const [words, setWords] = useState('');
  const [purpose, setPurpose] = useState<(typeof PURPOSES)[number]>('treatment');
  const [groups, setGroups] = useState<string[]>(['vitals', 'document']);
  const [days, setDays] = useState('30');
  const ask = useAct('ask');
  const submit = (event: FormEvent) => {
    event.preventDefault();
    ask.mutate([
      {
        patient,
        purpose,
        words: words.trim(),
        groups: groups as ('vitals' | 'document')[],
        until: inDays(Number(days)),
      },
    ]);
  };
  return (
    <form onSubmit={submit}>
      <Stack gap="md">
        <Textarea
          label={t('ask.words')}
          description={t('ask.wordsHelp')}
          required
          autosize
          minRows={2}
          maxLength={2_000}
          value={words}
          onChange={(event) => setWords(event.currentTarget.value)}
        />
        <div className="two">
          <NativeSelect
            label={t('ask.purpose')}
            value={purpose}
            onChange={(event) => setPurpose(event.currentTarget.value as typeof purpose)}
            data={PURPOSES.map((value) => ({ value, label: t(`purposes.${value}`) }))}
          />
          <NativeSelect
            label={t('ask.period')}
            value={days}
            onChange={(event) => setDays(event.currentTarget.value)}
            data={PERIODS.map((one) => ({ value: String(one), label: t('answer.days', { count: one }) }))}
          />
        </div>
        <Checkbox.Group label={t('ask.groups')} value={groups} onChange={setGroups}>
          <Stack gap="xs" mt="xs">
            {(['vitals', 'document'] as const).map((group) => (
              <Checkbox key={group} value={group} label={t(`groups.${group}`)} />
            ))}
          </Stack>
        </Checkbox.Group>
        <Failed error={ask.error} />
        <Button type="submit" loading={ask.isPending} disabled={groups.length === 0}>
          {t('ask.submit')}
        </Button>
        {ask.isPending && <Wait what={t('ask.working')} />}
      </Stack>
    </form>
  );
}
