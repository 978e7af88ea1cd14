import { Button, Group, Stack, Text } from '@mantine/core';
import { lazy, Suspense, useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { fullTime, sizeOf } from '../page/saying.ts';
import type { Shown } from '../worker/content.ts';
import { isUnusual } from './signs.ts';
import { Wait } from './Wait.tsx';
import { Wide } from './Wide.tsx';

const Pdf = lazy(() => import('./Pdf.tsx'));

/** Larger texts are saved, not shown: a browser lays out no book at once. */
const TEXT_LIMIT_BYTES = 1_000_000;

/** What an opened record says: values as values, documents in place where nothing in them can run, all of it to save. */
export function Content({ of }: { of: Shown }) {
  const { t } = useTranslation();
  return (
    <Stack gap="md">
      <Text c="dimmed">
        {fullTime(of.time)} · {sizeOf(of.sizeBytes)} · {t('record.version', { version: of.version })}
        {of.medicalCentre && ` · ${of.medicalCentre}`}
      </Text>
      {of.values.length > 0 ? <Values of={of} /> : <InPlace of={of} />}
      <Group className="noprint">
        <Save of={of} />
      </Group>
    </Stack>
  );
}

function Values({ of }: { of: Shown }) {
  const { t } = useTranslation();
  return (
    <dl className="values">
      {of.values.map(({ name, value, unit, code, details }) => (
        <div key={`${name}${value}`} style={{ display: 'contents' }}>
          <dt>
            {name}
            {details && <Text c="dimmed">{details}</Text>}
          </dt>
          <dd className={isUnusual(code, value, unit) ? 'bad' : undefined}>
            {value} {unit}
            {isUnusual(code, value, unit) && ` · ${t('record.unusual')}`}
          </dd>
        </div>
      ))}
    </dl>
  );
}

function InPlace({ of }: { of: Shown }) {
  const { t } = useTranslation();
  const { type } = of.file;
  if (type === 'application/pdf')
    return (
      <Suspense fallback={<Wait what={t('record.drawing')} />}>
        <Pdf file={of.file} title={of.title} />
      </Suspense>
    );
  if (type.startsWith('image/')) return <Picture of={of} />;
  if (type.startsWith('text/') && of.sizeBytes <= TEXT_LIMIT_BYTES) return <PlainText of={of} />;
  return <Text>{t('record.notInPlace')}</Text>;
}

/** An address of a blob, as long as it is shown. */
function useAddress(file: Blob): string {
  const [address, setAddress] = useState('');
  useEffect(() => {
    const made = URL.createObjectURL(file);
    setAddress(made);
    return () => URL.revokeObjectURL(made);
  }, [file]);
  return address;
}

function Picture({ of }: { of: Shown }) {
  const address = useAddress(of.file);
  return address ? <img className="document" src={address} alt={of.title} /> : null;
}

function PlainText({ of }: { of: Shown }) {
  const { t } = useTranslation();
  const [text, setText] = useState('');
  useEffect(() => void of.file.text().then(setText), [of.file]);
  return (
    <Wide label={t('record.text')}>
      <pre className="document">{text}</pre>
    </Wide>
  );
}

function Save({ of }: { of: Shown }) {
  const { t } = useTranslation();
  const address = useAddress(of.file);
  return (
    <Button component="a" variant="default" href={address} download={of.fileName || `${of.record}.json`}>
      {t('record.save')}
    </Button>
  );
}
