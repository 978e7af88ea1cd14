import { Alert, Text } from '@mantine/core';
import { Link, Outlet } from '@tanstack/react-router';
import { lazy, Suspense, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useAnswer, useNews } from './page/verbs.ts';
import { Email } from './parts/Email.tsx';
import { RestoredNotice } from './parts/RestoredNotice.tsx';
import { Failed, Wait } from './parts/Wait.tsx';
import { Enter } from './screens/account/Enter.tsx';
import type { Seat } from './worker/verbs/account.ts';

const PutOut = lazy(() => import('./screens/account/PutOut.tsx'));
const Restored = lazy(() => import('./screens/account/Restored.tsx'));
const Waiting = lazy(() => import('./screens/account/Waiting.tsx'));

/** Where each role goes: four places, at the bottom on phones and on the left elsewhere. */
const PLACES = {
  patient: ['/', '/records', '/sharing', '/activity'],
  doctor: ['/', '/patients', '/search', '/colleagues'],
  institute: ['/', '/search', '/colleagues', '/account'],
  operator: ['/', '/people', '/asked', '/storage'],
} as const;

/** The frame of every page: who is signed in, and whether this device still may be, decides what there is. */
export function Shell() {
  const { t } = useTranslation();
  const seat = useAnswer('seat', [], { everyMs: 60_000 });
  const { up } = useNews();
  // The account sheet stays until it is put away, whatever happens to the account meanwhile.
  const [sheetShown, setSheetShown] = useState(false);
  if (seat.error?.code === 'session-refused')
    return (
      <Suspense fallback={<Wait />}>
        <PutOut />
      </Suspense>
    );
  if (seat.error?.code === 'ledger-restored' && !sheetShown)
    return (
      <Suspense fallback={<Wait />}>
        <Restored error={seat.error} />
      </Suspense>
    );
  if (seat.data === undefined && !sheetShown)
    return <main className="column">{seat.error ? <Failed error={seat.error} /> : <Wait what={t('opening')} />}</main>;
  if (!seat.data || sheetShown) return <Enter onSheet={setSheetShown} error={seat.error} />;
  return (
    <Suspense fallback={<Wait />}>
      {seat.data.status === 'active' ? <Inside seat={seat.data} up={up} /> : <Waiting seat={seat.data} />}
    </Suspense>
  );
}

function Inside({ seat, up }: { seat: Seat; up: boolean }) {
  const { t } = useTranslation();
  return (
    <div className="shell">
      <nav className="rail" aria-label={t('places.label')}>
        <span className="brand">Salus</span>
        <ul>
          {PLACES[seat.role].map((place) => (
            <li key={place}>
              <Link to={place} activeOptions={{ exact: place === '/' }}>
                {t(`places.${seat.role}.${place}`)}
              </Link>
            </li>
          ))}
        </ul>
        <div className="who">
          <Text size="sm">{seat.name || <Email of={seat.email} />}</Text>
          <Text size="sm" c="dimmed">
            {seat.organisation}
          </Text>
          {seat.role !== 'institute' && <Link to="/account">{t('account.title')}</Link>}
        </div>
      </nav>
      <div>
        <header className="top">
          <span>Salus · {seat.organisation}</span>
          <Link to="/account">{t('account.title')}</Link>
        </header>
        {!up && (
          <Alert role="status" variant="outline" color="yellow" m="md">
            {t('offline')}
          </Alert>
        )}
        <RestoredNotice />
        <Outlet />
      </div>
    </div>
  );
}
