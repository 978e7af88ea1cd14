import { useTranslation } from 'react-i18next';
import type { Verbs } from '../worker/verbs/index.ts';
import { short } from './saying.ts';

type Event = Awaited<ReturnType<Verbs['activity']>>[number];

export const isLook = ({ type }: Event): boolean => type === 'read.open';

/** Somebody's name where one is known, else what stands for the account. */
export function useWho(): (somebody: Pick<Event, 'who' | 'name' | 'account'>) => string {
  const { t } = useTranslation();
  return ({ who, name, account }) => {
    if (who === 'other') return name ?? t('activity.account', { id: short(account) });
    return t(who === 'you' ? 'you' : 'theOperator');
  };
}
