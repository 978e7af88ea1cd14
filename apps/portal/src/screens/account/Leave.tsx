import { useTranslation } from 'react-i18next';
import { useAct } from '../../page/verbs.ts';
import { Confirmed } from '../../parts/Reasoned.tsx';
import { Failed } from '../../parts/Wait.tsx';

/** Signs out of this browser, after saying what it takes to come back. */
export function Leave() {
  const { t } = useTranslation();
  const act = useAct('leave', () => location.assign('/'));
  return (
    <div className="noprint">
      <Confirmed
        label={t('account.leave')}
        effect={t('account.leaveEffect')}
        busy={act.isPending}
        onDone={() => act.mutate([])}
      />
      <Failed error={act.error} />
    </div>
  );
}
