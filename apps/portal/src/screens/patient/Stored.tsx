import { Button, Stack, Text } from '@mantine/core';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { sizeOf } from '../../page/saying.ts';
import { useAnswer } from '../../page/verbs.ts';
import { Section } from '../../parts/Sheet.tsx';
import { Answered } from '../../parts/Wait.tsx';
import { Wide } from '../../parts/Wide.tsx';

const hexOf = (bytes: Uint8Array): string =>
  [...bytes.subarray(0, 24)].map((byte) => byte.toString(16).padStart(2, '0')).join('');

/** What server, storage and ledger hold of the record: none of it can be read there. */
export function Stored({ record }: { record: string }) {
  const { t } = useTranslation();
  const [open, setOpen] = useState(false);
  const stored = useAnswer('storedForm', [record], { enabled: open });
  if (!open)
    return (
      <div>
        <Button variant="subtle" onClick={() => setOpen(true)}>
          {t('technical.title')}
        </Button>
      </div>
    );
  return (
    <Section title={t('technical.title')}>
      <Text>{t('technical.text')}</Text>
      <Answered of={stored}>
        {({ record: held, slots, pieces, entry }) => (
          <Stack gap="sm">
            <Text size="sm" className="mono">
              {t('technical.id')} {record}
            </Text>
            <Text size="sm" className="mono">
              {t('technical.card')} {hexOf(held.version.card)}… ({sizeOf(held.version.card.length)})
            </Text>
            <Text size="sm" className="mono">
              {t('technical.yours')} {hexOf(held.ownerBox)}… ({sizeOf(held.ownerBox.length)})
            </Text>
            {slots.map(({ slot, kind, value }) => (
              <Text key={slot} size="sm" className="mono">
                {t(`technical.${kind === 'topic' ? 'forTopic' : 'forReader'}`)} {hexOf(value)}… ({sizeOf(value.length)})
              </Text>
            ))}
            <Text>{t('technical.written', { version: entry.version })}</Text>
            {(['c1', 'com', 'bodyRoot'] as const).map((name) => (
              <Text key={name} size="sm" className="mono">
                {t(`technical.${name}`)} {hexOf(entry[name])}…
              </Text>
            ))}
            <Text>{t('technical.pieces', { count: pieces.length })}</Text>
            <Wide label={t('technical.table')}>
              <table>
                <thead>
                  <tr>
                    <th>{t('technical.store')}</th>
                    <th>{t('technical.object')}</th>
                    <th>{t('technical.size')}</th>
                  </tr>
                </thead>
                <tbody>
                  {pieces.map(({ store, object, sizeBytes }) => (
                    <tr key={`${store}${object}`}>
                      <td>{store}</td>
                      <td className="mono">{object}</td>
                      <td>{sizeOf(sizeBytes)}</td>
                    </tr>
                  ))}
                </tbody>
              </table>
            </Wide>
          </Stack>
        )}
      </Answered>
    </Section>
  );
}
