import { Button, Group, NativeSelect, Stack, Text } from '@mantine/core';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useAct } from '../../page/verbs.ts';
import { Confirmed } from '../../parts/Reasoned.tsx';
import { Failed } from '../../parts/Wait.tsx';

interface Store {
  name: string;
  draining: boolean;
  shards: number;
}

/** Empties a store into the others, or forgets one that is empty or gone; each with its effect before. */
export function ChangeStore({ stores }: { stores: readonly Store[] }) {
  const { t } = useTranslation();
  const [chosen, setChosen] = useState('');
  const empty = useAct('emptyStore');
  const keep = useAct('keepStore');
  const remove = useAct('removeStore', () => setChosen(''));
  const store = stores.find(({ name }) => name === chosen);
  return (
    <Stack gap="sm">
      <NativeSelect
        label={t('clouds.change')}
        description={t('clouds.changeHelp')}
        value={chosen}
        onChange={(event) => setChosen(event.currentTarget.value)}
        data={[{ value: '', label: t('clouds.choose') }, ...stores.map(({ name }) => ({ value: name, label: name }))]}
      />
      {store && (
        <Group gap="sm" key={store.name}>
          {store.draining ? (
            <Button variant="default" loading={keep.isPending} onClick={() => keep.mutate([store.name])}>
              {t('clouds.keep')}
            </Button>
          ) : (
            <Confirmed
              label={t('clouds.empty')}
              effect={t('clouds.emptyEffect', { count: store.shards })}
              busy={empty.isPending}
              onDone={() => empty.mutate([store.name])}
            />
          )}
          <Confirmed
            label={t(store.shards > 0 ? 'clouds.lost' : 'clouds.remove')}
            effect={t(store.shards > 0 ? 'clouds.lostEffect' : 'clouds.removeEffect', { count: store.shards })}
            busy={remove.isPending}
            onDone={() => remove.mutate([store.name, store.shards > 0])}
          />
        </Group>
      )}
      <Text role="status">{store?.draining && t('clouds.draining', { count: store.shards })}</Text>
      <Failed error={empty.error ?? keep.error ?? remove.error} />
    </Stack>
  );
}
