import { Button, Group, NativeSelect, Stack, Text, TextInput } from '@mantine/core';
import { useNavigate } from '@tanstack/react-router';
import { type FormEvent, useId, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useAct, useProgress } from '../../page/verbs.ts';
import { Failed, Wait } from '../../parts/Wait.tsx';

interface Test {
  id: number;
  name: string;
  value: string;
  unit: string;
  details: string;
}

const EMPTY = {
  medicalCentre: '',
  bloodGroup: '',
  systolic: '',
  diastolic: '',
  pulse: '',
  temperature: '',
  unit: '°C',
};
const BLOOD_GROUPS = ['A+', 'A-', 'B+', 'B-', 'AB+', 'AB-', '0+', '0-'];

/** What was typed, as the device takes it: what is empty was not measured. */
function givenOf(form: typeof EMPTY, tests: Test[]): Record<string, unknown> {
  const { temperature, unit, ...plain } = form;
  const laboratory = tests
    .filter(({ name, value }) => name.trim() && value.trim())
    .map(({ name, value, unit, details }) => ({ name, value, unit, ...(details.trim() ? { details } : {}) }));
  return {
    ...Object.fromEntries(Object.entries(plain).filter(([, value]) => value.trim() !== '')),
    ...(temperature.trim() ? { temperature: { value: temperature, unit } } : {}),
    ...(laboratory.length > 0 ? { laboratory } : {}),
  };
}

/** Vital signs by hand. An unusual value is asked about, and saved only when it was confirmed. */
export function AddVitals() {
  const { t } = useTranslation();
  const go = useNavigate();
  const task = useId();
  const [form, setForm] = useState(EMPTY);
  const [tests, setTests] = useState<Test[]>([]);
  const act = useAct('addVitals', () => void go({ to: '/records' }));
  const progress = useProgress(task);
  const field = (name: keyof typeof EMPTY) => ({
    label: t(`vitals.${name}`),
    value: form[name],
    onChange: (event: { currentTarget: { value: string } }) => {
      // What was confirmed is this value and no other: a changed one is questioned anew.
      act.reset();
      setForm({ ...form, [name]: event.currentTarget.value });
    },
  });
  const save = (confirmed: boolean) => act.mutate([task, givenOf(form, tests), Date.now(), confirmed]);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    save(false);
  };
  return (
    <form className="card" onSubmit={submit}>
      <Stack gap="md">
        <div className="two">
          <TextInput inputMode="decimal" {...field('systolic')} />
          <TextInput inputMode="decimal" {...field('diastolic')} />
          <TextInput inputMode="decimal" {...field('pulse')} />
          <Group gap="xs" align="flex-end" wrap="nowrap">
            <TextInput inputMode="decimal" style={{ flex: 1 }} {...field('temperature')} />
            <NativeSelect data={['°C', '°F']} {...field('unit')} />
          </Group>
          <NativeSelect data={[{ value: '', label: t('vitals.unknown') }, ...BLOOD_GROUPS]} {...field('bloodGroup')} />
          <TextInput {...field('medicalCentre')} />
        </div>
        <Tests tests={tests} onChange={setTests} />
        <Failed error={act.error} />
        {act.error?.code === 'vitals-implausible' ? (
          <Button type="button" loading={act.isPending} onClick={() => save(true)}>
            {t('vitals.confirm')}
          </Button>
        ) : (
          <Button type="submit" loading={act.isPending}>
            {t('vitals.save')}
          </Button>
        )}
        {act.isPending && <Wait what={t(`steps.${progress?.step ?? 'protecting'}`)} />}
        <Text c="dimmed">{t('vitals.help')}</Text>
      </Stack>
    </form>
  );
}

function Tests({ tests, onChange }: { tests: Test[]; onChange: (tests: Test[]) => void }) {
  const { t } = useTranslation();
  const change = (id: number, name: 'name' | 'value' | 'unit' | 'details') => ({
    label: t(`vitals.test.${name}`),
    value: tests.find((test) => test.id === id)?.[name] ?? '',
    onChange: (event: { currentTarget: { value: string } }) =>
      onChange(tests.map((test) => (test.id === id ? { ...test, [name]: event.currentTarget.value } : test))),
  });
  return (
    <Stack gap="sm">
      {tests.map(({ id }) => (
        <fieldset className="two card" key={id} aria-label={t('vitals.laboratory')}>
          <TextInput {...change(id, 'name')} />
          <TextInput {...change(id, 'value')} />
          <TextInput {...change(id, 'unit')} />
          <TextInput {...change(id, 'details')} />
        </fieldset>
      ))}
      <div>
        <Button
          variant="default"
          onClick={() => onChange([...tests, { id: tests.length, name: '', value: '', unit: '', details: '' }])}
        >
          {t('vitals.addTest')}
        </Button>
      </div>
    </Stack>
  );
}
