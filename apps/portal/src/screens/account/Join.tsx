import { Anchor, Button, Stack, Text, TextInput } from '@mantine/core';
import { type FormEvent, useEffect, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useAct } from '../../page/verbs.ts';
import { Sheet } from '../../parts/Sheet.tsx';
import { Failed } from '../../parts/Wait.tsx';

/** On a browser where nobody is signed in: answers an invitation that another device of this person shows. */
export default function Join({ link, onBack }: { link: string; onBack: () => void }) {
  const { t } = useTranslation();
  const [typed, setTyped] = useState('');
  const welcomed = useAct('welcomed');
  const join = useAct('join', () => welcomed.mutate([]));
  const { mutate } = join;
  const begun = useRef(false);
  useEffect(() => {
    if (!link || begun.current) return;
    begun.current = true;
    // The secret leaves the address bar and the history as soon as it is read.
    history.replaceState(null, '', '/');
    mutate([link, t('join.name', { platform: navigator.platform })]);
  }, [link, mutate, t]);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    mutate([typed, t('join.name', { platform: navigator.platform })]);
  };
  return (
    <Sheet title={t('join.title')}>
      {join.data ? (
        <section className="card" aria-label={t('join.title')}>
          <Stack gap="sm">
            <Text>{t('join.compare')}</Text>
            <div className="code" data-testid="check">
              {join.data}
            </div>
            <Text>{t('join.yes')}</Text>
            <Text role="status">{welcomed.isPending && t('join.waiting')}</Text>
          </Stack>
        </section>
      ) : (
        <form className="card" onSubmit={submit}>
          <Stack gap="md">
            <Text>{t('join.how')}</Text>
            <TextInput
              required
              label={t('join.address')}
              autoComplete="off"
              spellCheck={false}
              value={typed}
              onChange={(event) => setTyped(event.currentTarget.value)}
            />
            <Button type="submit" loading={join.isPending}>
              {t('join.submit')}
            </Button>
          </Stack>
        </form>
      )}
      <Failed error={join.error ?? welcomed.error} />
      <Text>
        {t('join.other')}{' '}
        <Anchor component="button" type="button" onClick={onBack}>
          {t('enter.logIn')}
        </Anchor>
      </Text>
    </Sheet>
  );
}
