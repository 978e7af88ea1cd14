import { SegmentedControl } from '@mantine/core';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Sheet } from '../../parts/Sheet.tsx';
import { AddDocuments } from './AddDocuments.tsx';
import { AddVitals } from './AddVitals.tsx';

/** Adds vital signs or documents. */
export default function Add() {
  const { t } = useTranslation();
  const [kind, setKind] = useState<'vitals' | 'document'>('vitals');
  return (
    <Sheet title={t('add.title')}>
      <SegmentedControl
        fullWidth
        aria-label={t('add.what')}
        value={kind}
        onChange={(value) => setKind(value as typeof kind)}
        data={(['vitals', 'document'] as const).map((value) => ({ value, label: t(`groups.${value}`) }))}
      />
      {kind === 'vitals' ? <AddVitals /> : <AddDocuments />}
    </Sheet>
  );
}
